/** Tells a server that hangs from one that works its way back: that may take long, and to disturb it gains nothing. */
import { readFile, readdir } from 'node:fs/promises';

export const LOOK_EVERY_MS = 10_000;
/** Looks in a row, so that a machine that slept meanwhile is not taken for a server that hangs. */
const LOOKS_IN_VAIN = 6;

export class HangWatch {
  readonly #everyMs: number;
  #due = 0;
  #work = '';
  #inVain = 0;

  constructor(everyMs: number) {
    this.#everyMs = everyMs;
  }

  /** To be asked again and again. Whether it let nobody in for a minute or two and did nothing toward that. */
  async hangs(postmaster: number, letsIn: () => Promise<boolean>): Promise<boolean> {
    if (performance.now() < this.#due) return false;
    if (await letsIn()) {
      this.#inVain = 0;
    } else {
      const work = await recoveryWork(postmaster);
      this.#inVain = work === this.#work ? this.#inVain + 1 : 0;
      this.#work = work;
    }
    this.#due = performance.now() + this.#everyMs;
    return this.#inVain >= LOOKS_IN_VAIN;
  }
}

/** Changes as long as those processes of a server do anything that bring it back after a crash. */
export async function recoveryWork(postmaster: number): Promise<string> {
  const works = (await childrenOf(postmaster)).map(async (pid) => {
    const title = await readProc(pid, 'cmdline');
    if (!/^postgres: (startup|checkpointer)/.test(title)) return '';
    const [, , ...fields] = (await readProc(pid, 'stat')).split(' ');
    const ticks = fields.slice(9, 13);
    return [pid, title, ...ticks, await readProc(pid, 'io')].join(' ');
  });
  return (await Promise.all(works)).join('\n');
}

export async function childrenOf(parent: number): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const parents = await Promise.all(pids.map((pid) => readProc(pid, 'status')));
  return pids.filter((_, index) => parents[index]?.includes(`\nPPid:\t${parent}\n`));
}

/** Empty where the process has gone, or is somebody else's. */
const readProc = (pid: number, file: string): Promise<string> =>
  readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
