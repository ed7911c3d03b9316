/** Looks at one tab at every notification, as a view does, and complains about what a person must never see. */
import type { Engine } from '../../client/engine.ts';
import type { ViewRow } from '../../client/replica.ts';
import { threadScope, userScope, type MessageRow, type Mutators, type Tables } from './program.ts';
import type { World } from './world.ts';

export class Watcher {
  readonly #world: World;
  readonly #engine: Engine<Tables, Mutators>;
  readonly #personId: string;
  readonly #name: string;
  readonly #closers = new Map<string, () => void>();
  /** Own messages that show and are not replaced by the server's row: thread, and the membership they were written in. */
  readonly #own = new Map<string, { thread: string; epoch: number }>();
  readonly #takenBack = new Set<string>();
  /** As they were last seen. */
  readonly #seen = new Map<string, ViewRow<MessageRow>>();
  readonly #opens: (thread: string) => boolean;

  constructor(options: {
    world: World;
    engine: Engine<Tables, Mutators>;
    personId: string;
    name: string;
    /** Whether the person looks at this thread. */
    opens: (thread: string) => boolean;
  }) {
    this.#world = options.world;
    this.#engine = options.engine;
    this.#personId = options.personId;
    this.#name = options.name;
    this.#opens = options.opens;
    this.#engine.subscribe(null, 'membership', () => this.#openThreads());
    this.#engine.subscribe(null, 'message', () => this.#look());
  }

  threads(): string[] {
    return this.#engine
      .rows(userScope(this.#personId), 'membership')
      .flatMap(({ id, data }) => (data.active ? [id] : []))
      .sort();
  }

  opened(): string[] {
    return [...this.#closers.keys()];
  }

  messages(thread: string): readonly ViewRow<MessageRow>[] {
    return this.#engine.rows(threadScope(thread), 'message');
  }

  /** From now on it has to be seen. */
  follow(id: string, thread: string): void {
    // Where the server was restored, all that was there is dropped and fetched anew [CLI16].
    if (!this.#closers.has(thread) || this.#world.restored) return;
    const epoch = this.#epoch(thread);
    if (epoch === undefined) return;
    this.#own.set(id, { thread, epoch });
    this.#look();
  }

  unfollow(id: string): void {
    this.#own.delete(id);
  }

  wasTakenBack(id: string): boolean {
    return this.#takenBack.has(id);
  }

  /** Nothing that was seen means anything any more. */
  forget(): void {
    this.#own.clear();
    this.#seen.clear();
  }

  /** Closes a thread, or opens it. */
  toggle(thread: string): void {
    const close = this.#closers.get(thread);
    if (close) {
      for (const [id, own] of this.#own) if (own.thread === thread) this.#own.delete(id);
      this.#closers.delete(thread);
      close();
    } else this.#closers.set(thread, this.#engine.open(threadScope(thread)));
  }

  #openThreads(): void {
    for (const thread of this.threads()) {
      if (!this.#closers.has(thread) && this.#opens(thread)) {
        this.#closers.set(thread, this.#engine.open(threadScope(thread)));
      }
    }
  }

  #epoch(thread: string): number | undefined {
    return this.#world.database.epochOf(this.#personId, threadScope(thread));
  }

  #look(): void {
    for (const thread of this.#closers.keys()) this.#lookAt(thread);
    for (const [id, { thread, epoch }] of this.#own) {
      // Whoever was shut out sees nothing of it, from the moment at which the server shut them out; or they themselves.
      const membership = this.#engine.row(userScope(this.#personId), 'membership', thread);
      if (this.#epoch(thread) !== epoch || membership?.data.active === false) {
        this.#own.delete(id);
        continue;
      }
      const row = this.#engine.row(threadScope(thread), 'message', id);
      if (!row && this.#world.ledger.composed.get(id)?.state === 'saving') {
        // Taken back, as it must be where the disk refuses it. Whoever waits for it is told right after.
        this.#own.delete(id);
        this.#takenBack.add(id);
        continue;
      }
      if (!row) return this.#world.fail('CLI13', `${this.#name} no longer shows its own message ${id}`);
      if (row.pending.length > 0) continue;
      this.#world.tally.rule('CLI13');
      this.#own.delete(id);
    }
  }

  #lookAt(thread: string): void {
    let last = 0;
    this.#world.tally.rule('CLI9');
    for (const row of this.messages(thread)) {
      const { id, data, pending } = row;
      if (data.seq !== null) {
        if (data.seq <= last) this.#world.fail('CLI9', `${this.#name} shows ${id} at ${data.seq}`);
        last = data.seq;
      }
      const key = `${thread} ${id}`;
      if (pending.length > 0) continue;
      const before = this.#seen.get(key);
      if (before === row) continue;
      if (before && data.rev < before.data.rev && !this.#world.restored) {
        this.#world.fail('CUR1', `${this.#name} shows ${id} as it was at ${data.rev} after ${before.data.rev}`);
      }
      this.#seen.set(key, row);
    }
  }
}
