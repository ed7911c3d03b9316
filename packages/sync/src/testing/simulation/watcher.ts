/** Looks at one tab at every notification, as a view does, and complains about what a person must never see. */
import type { Engine } from '../../client/engine.ts';
import type { ViewRow } from '../../client/replica.ts';
import type { ScopeId } from '../../mutator.ts';
import type { Mutators } from './mutators.ts';
import { notesScope, pagedTable, parseScope, threadScope, userScope, type MessageRow, type Tables } from './program.ts';
import type { World } from './world.ts';

export class Watcher {
  readonly #world: World;
  readonly #engine: Engine<Tables, Mutators>;
  readonly #personId: string;
  readonly #name: string;
  readonly #closers = new Map<ScopeId, () => void>();
  /** Own messages that show and are not replaced by the server's row: where, and the membership they were written in. */
  readonly #own = new Map<string, { scope: ScopeId; epoch: number }>();
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
    for (const table of ['message', 'note'] as const) this.#engine.subscribe(null, table, () => this.#look());
  }

  threads(): string[] {
    return this.#engine
      .rows(userScope(this.#personId), 'membership')
      .flatMap(({ id, data }) => (data.active ? [id] : []))
      .sort();
  }

  /** The organisation that the person acts for in a thread. */
  orgIn(thread: string): string | undefined {
    return this.#membership(thread)?.org;
  }

  isOpen(scope: ScopeId): boolean {
    return this.#closers.has(scope);
  }

  /** Of a thread, or notes in it. */
  messages(scope: ScopeId): readonly ViewRow<MessageRow>[] {
    return this.#engine.rows(scope, pagedTable(scope));
  }

  /** From now on it has to be seen. */
  follow(id: string, scope: ScopeId): void {
    // Where the server was restored, all that was there is dropped and fetched anew [CLI16].
    if (!this.isOpen(scope) || this.#world.restored) return;
    const epoch = this.#epoch(scope);
    if (epoch === undefined) return;
    this.#own.set(id, { scope, epoch });
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
    if (!this.isOpen(threadScope(thread))) return this.#open(thread);
    const closed = [...this.#closers].filter(([scope]) => parseScope(scope)[1] === thread);
    for (const [scope, close] of closed) {
      for (const [id, own] of this.#own) if (own.scope === scope) this.#own.delete(id);
      this.#closers.delete(scope);
      close();
    }
  }

  #openThreads(): void {
    for (const thread of this.threads()) if (this.#opens(thread)) this.#open(thread);
  }

  /** With the notes of the organisation acted for. */
  #open(thread: string): void {
    const org = this.orgIn(thread);
    for (const scope of [threadScope(thread), ...(org === undefined ? [] : [notesScope(thread, org)])]) {
      if (!this.isOpen(scope)) this.#closers.set(scope, this.#engine.open(scope));
    }
  }

  #membership(thread: string): Tables['membership'] | undefined {
    return this.#engine.row(userScope(this.#personId), 'membership', thread)?.data;
  }

  #epoch(scope: ScopeId): number | undefined {
    return this.#world.database.epochOf(this.#personId, scope);
  }

  #look(): void {
    for (const scope of this.#closers.keys()) this.#lookAt(scope);
    for (const [id, { scope, epoch }] of this.#own) {
      // Whoever was shut out sees nothing of it, from the moment at which the server shut them out; or they themselves.
      const [, thread, org] = parseScope(scope);
      const membership = this.#membership(thread);
      const isOut = membership?.active === false || (org !== undefined && membership?.org !== org);
      if (this.#epoch(scope) !== epoch || isOut) {
        this.#own.delete(id);
        continue;
      }
      const row = this.#engine.row(scope, pagedTable(scope), id);
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

  #lookAt(scope: ScopeId): void {
    let last = 0;
    this.#world.tally.rule('CLI9');
    if (this.#engine.window(scope).unreachable) this.#world.tally.rule('CLI28');
    for (const row of this.messages(scope)) {
      const { id, data, pending } = row;
      if (data.seq !== null) {
        if (data.seq <= last) this.#world.fail('CLI9', `${this.#name} shows ${id} at ${data.seq}`);
        last = data.seq;
      }
      const key = `${scope} ${id}`;
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
