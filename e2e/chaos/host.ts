/** One host of an installation: the supervisor that ships, with the API and the worker below it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { childrenOf, commandOf, isStopped } from '../processes.ts';
import { eventually, isReady } from '../eventually.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const SUPERVISOR = join(ROOT, 'apps', 'api', 'src', 'supervisor', 'main.ts');
const COMMAND_LINE = join(ROOT, 'apps', 'api', 'src', 'cli', 'main.ts');
const RESTART_MS = 500;

export interface Host {
  /** Of its API. */
  port: number;
  dataDir: string;
  /** How often the supervisor itself ended unasked, and was started again as by a service manager. */
  readonly gaveUp: number;
  /** SIGKILL for the API or the worker alone. Resolves to when, in milliseconds since 1970, once its successor is there. */
  kill(app: 'api' | 'worker'): Promise<number>;
  /** SIGSTOP for the API. @returns whether it stood still */
  freeze(ms: number): Promise<boolean>;
  /** SIGTERM for all of it, and a new start. @returns the exit code */
  restart(): Promise<number | null>;
  stop(): Promise<void>;
}

/** Makes the first account, as the owner of the machine does before anybody else comes. */
export async function createOwner(
  env: Record<string, string>,
  { email, password }: { email: string; password: string },
): Promise<{ personId: string; orgId: string }> {
  const args = ['create-admin', '--org', 'Acme', '--name', 'Owner', '--email', email, '--json'];
  const child = spawn(process.execPath, [COMMAND_LINE, ...args], {
    env: { ...ownEnvironment(), ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(`${password}\n`);
  return JSON.parse(await text(child.stdout)) as { personId: string; orgId: string };
}

/** Without what test runners leave in it. */
function ownEnvironment(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, FORCE_COLOR: __, VITEST: ___, NODE_ENV: ____, ...rest } = process.env;
  return rest;
}

export async function startHost(options: {
  port: number;
  dataDir: string;
  env: Record<string, string>;
}): Promise<Host> {
  const { port, dataDir, env } = options;
  let said = '';
  let gaveUp = 0;
  let stopping = false;
  let supervisor: ChildProcess | null = null;
  let ended: Promise<number | null> = Promise.resolve(null);

  const launch = (): void => {
    const child = spawn(process.execPath, [SUPERVISOR], {
      cwd: ROOT,
      env: { ...ownEnvironment(), PORT: String(port), HOST: '127.0.0.1', DATA_DIR: dataDir, ...env },
      // A Ctrl-C is ours to pass on; the channel lets it stop by itself if this process is killed.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    supervisor = child;
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (said += String(chunk)));
    ended = new Promise((resolve) => {
      child.once('exit', (code) => {
        supervisor = null;
        resolve(code);
        if (!stopping) void again();
      });
    });
  };
  const again = async () => {
    gaveUp += 1;
    await delay(RESTART_MS);
    if (!stopping && !supervisor) launch();
  };
  const pidOf = (app: 'api' | 'worker'): number | undefined =>
    childrenOf(supervisor?.pid).find((pid) => commandOf(pid).includes(`apps/${app}/src/main.ts`));
  const stop = async (): Promise<number | null> => {
    stopping = true;
    supervisor?.kill('SIGTERM');
    return ended;
  };
  const up = async () => {
    const before = gaveUp;
    await eventually(`the host on port ${port}`, async () => {
      if (gaveUp > before) throw new Error(`The host on port ${port} does not start:\n${said}`);
      return pidOf('api') !== undefined && pidOf('worker') !== undefined && isReady(`http://127.0.0.1:${port}`);
    });
  };

  launch();
  await up();
  return {
    port,
    dataDir,
    get gaveUp() {
      return gaveUp;
    },
    async kill(app) {
      const killed = pidOf(app);
      if (killed === undefined) throw new Error(`The ${app} of port ${port} is not there to be killed.`);
      const at = Date.now();
      process.kill(killed, 'SIGKILL');
      await eventually(`another ${app} on port ${port}`, () => ![undefined, killed].includes(pidOf(app)));
      await up();
      return at;
    },
    async freeze(ms) {
      const pid = pidOf('api');
      if (pid === undefined) return false;
      process.kill(pid, 'SIGSTOP');
      try {
        await delay(ms);
        return isStopped(pid);
      } finally {
        process.kill(pid, 'SIGCONT');
      }
    },
    async restart() {
      const code = await stop();
      stopping = false;
      launch();
      await up();
      return code;
    },
    async stop() {
      await stop();
    },
  };
}
