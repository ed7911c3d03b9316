/**
 * One database and the state it is in: hands every call a handle that works, and takes the path of the table when one
 * fails. Calls wait while a handle is being had again; what failed is then done again with the new one.
 */
import type { DiskEvent, StateTable } from './storage-states.ts';

/** More than any path through the tables is long. */
const MOST_TRIES = 5;

export interface KeeperOptions<State extends string, Handle> {
  table: StateTable<State>;
  first: State;
  /** States in which a failure is told to the caller. */
  givesUp: readonly State[];
  /** Opens what there is to be had in this state. `lost` may be called once, at any time. */
  obtain: (state: State, lost: () => void) => Promise<Handle>;
  /** Comes before every handle but the first. */
  pause: () => Promise<void>;
  /** What an error means; `null` where it is no failure of the disk, but of whoever called. */
  meaning: (error: unknown) => DiskEvent | null;
  onState: (state: State) => void;
}

export class Keeper<State extends string, Handle extends { close(): void }> {
  readonly #options: KeeperOptions<State, Handle>;
  #handle: Promise<Handle> | null = null;
  #isFirst = true;
  #closed = false;
  /** Calls that have not come to their end. */
  readonly #running = new Set<Promise<unknown>>();
  state: State;

  constructor(options: KeeperOptions<State, Handle>) {
    this.#options = options;
    this.state = options.first;
  }

  /** @throws what the disk threw last where it cannot be helped, and whatever is no failure of the disk */
  run<T>(work: (handle: Handle) => Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(closed());
    const running = this.#run(work);
    this.#running.add(running);
    const over = () => this.#running.delete(running);
    running.then(over, over);
    return running;
  }

  async #run<T>(work: (handle: Handle) => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      const handle = (this.#handle ??= this.#obtain());
      try {
        const result = await work(await handle);
        if (handle === this.#handle) this.event('worked');
        return result;
      } catch (error) {
        const { meaning, givesUp } = this.#options;
        const event = meaning(error);
        if (event === null || this.#closed) throw error;
        if (handle === this.#handle) this.event(event);
        if (givesUp.includes(this.state) || tries === MOST_TRIES) throw error;
      }
    }
  }

  event(event: DiskEvent): void {
    const next = this.#options.table[this.state][event];
    if (event !== 'worked' && (event !== 'retry' || next !== this.state)) this.#drop();
    if (next === this.state) return;
    this.state = next;
    this.#options.onState(next);
  }

  /** Takes no more calls; those under way come to their end. */
  close(): void {
    this.#closed = true;
    void Promise.allSettled(this.#running).then(() => this.#drop());
  }

  #obtain(): Promise<Handle> {
    const { state } = this;
    const { obtain, pause } = this.#options;
    const lost = () => {
      if (handle === this.#handle && !this.#closed) this.event('lost');
    };
    const open = () => (this.#closed ? Promise.reject<Handle>(closed()) : obtain(state, lost));
    const handle = this.#isFirst ? open() : pause().then(open);
    this.#isFirst = false;
    return handle;
  }

  #drop(): void {
    this.#handle?.then(
      (handle) => handle.close(),
      () => {},
    );
    this.#handle = null;
  }
}

const closed = () => new Error('This storage is closed.');
