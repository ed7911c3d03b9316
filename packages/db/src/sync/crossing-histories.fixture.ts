/** Histories of transactions that cross each other, from a seed, carried out on two databases at once. */
import type { Flush, LockedScope, StorageSnapshot, StorageWrite } from '@parley/sync/server';
import { Random } from '@parley/sync/testing/simulation/random';
import { commonRows, reading, writing, type CommonRow, type Session, type Side } from './two-databases.fixture.ts';

const STEPS = 250;

const uuid = (kind: number, n: number) => `0198000${kind}-0000-7000-8000-${String(n).padStart(12, '0')}`;
export const people = [uuid(1, 1), uuid(1, 2), uuid(1, 3)];
const threads = [uuid(2, 1), uuid(2, 2), uuid(2, 3)];
const userOf = (person: string) => `user:${person}`;
const threadOf = (thread: string) => `thread:${thread}`;
const peopleOf = (thread: string) => `people:${thread}`;
const everything = [...people.map(userOf), ...threads.flatMap((thread) => [threadOf(thread), peopleOf(thread)])];

/** A transaction on both sides. */
interface Both<Tx> {
  on: { side: Side; session: Session<Tx> }[];
}
/** A database may give its answers in any order. */
const byScope = ([a]: readonly [string, ...unknown[]], [b]: readonly [string, ...unknown[]]): number =>
  a < b ? -1 : 1;
type Locked = [scope: string, state: LockedScope][];

/** Somebody who writes: one transaction after the other. */
interface Writer {
  person: string;
  client: string;
  n: number;
  asked: string[];
  open: Both<StorageWrite<unknown>> | null;
  locked: Locked | null;
  /** Told, and not yet committed. */
  flush: { acts: CommonFlush[]; result: string } | null;
}
interface CommonFlush {
  bumps: { scope: string; version: number; seq: number; created: boolean }[];
  rows: CommonRow[];
}

export class History {
  readonly #sides: Side[];
  readonly #random: Random;
  readonly #log: string[] = [];
  readonly #writers: Writer[];
  readonly #messages: { thread: string; id: string; seq: number }[] = [];
  readonly #results: { person: string; id: string }[] = [];
  #reader: { person: string; open: Both<StorageSnapshot>; readable: [string, { version: number }][] } | null = null;
  #ids = 0;
  readonly seen = { waits: 0, refused: 0, committed: 0, rows: 0 };

  constructor(seed: number, sides: Side[]) {
    this.#random = new Random(seed);
    this.#sides = sides;
    this.#writers = [people[0], people[1], people[1]].map((person = '', index) => ({
      person,
      client: uuid(3, index + 1),
      n: 0,
      asked: [],
      open: null,
      locked: null,
      flush: null,
    }));
  }

  async run(): Promise<void> {
    for (const { client, person } of this.#writers) {
      await this.#bind(client, person);
    }
    const [first] = this.#writers;
    if (first) await this.#makePeople(first);
    for (let step = 0; step < STEPS; step += 1) await this.#step();
    await this.#finish();
  }

  async #step(): Promise<void> {
    const isReader = this.#random.chance(0.25);
    if (isReader) return this.#read();
    const free = this.#writers.filter(({ open }) => !open?.on.some(({ session }) => session.waits));
    const writer = free[this.#random.below(free.length)];
    if (writer) await this.#write(writer);
  }

  async #write(writer: Writer): Promise<void> {
    // Of two that one COMMIT wakes, either may be the first with PostgreSQL: no more than one waits at a time.
    const mayWait = this.#writers.every(({ open }) => !open?.on.some(({ session }) => session.waits));
    if (!writer.open) return mayWait ? this.#lock(writer) : undefined;
    if (!writer.locked) return;
    if (writer.flush) return this.#end(writer, this.#random.chance(0.85) ? 'commit' : 'rollback');
    const choice = this.#random.next();
    if (choice < 0.3) return this.#readRows(writer);
    if (choice < 0.4) return this.#lookUp(writer);
    if (choice < 0.5 || !mayWait) return this.#end(writer, 'rollback');
    return this.#flush(writer);
  }

  #lock(writer: Writer): Promise<void> {
    const chosen = threads.filter(() => this.#random.chance(0.4));
    const others = people.filter(() => this.#random.chance(0.2));
    writer.asked = [
      ...new Set([
        userOf(writer.person),
        ...others.map(userOf),
        ...chosen.flatMap((thread) => [threadOf(thread), ...(this.#random.chance(0.7) ? [peopleOf(thread)] : [])]),
      ]),
    ];
    writer.open = { on: this.#sides.map((side) => ({ side, session: writing(side) })) };
    writer.locked = null;
    writer.flush = null;
    return this.#say(writer.open, `${writer.client} locks ${writer.asked.join(' ')}`, (side) => async (tx) => {
      const locked = await tx.lock(writer.asked.map((scope) => side.toScope(scope)));
      return Array.from(locked, ([scope, { version, seq }]): Locked[number] => [
        side.fromScope(scope),
        { version, seq },
      ]).sort(byScope);
    });
  }

  #readRows({ open, client }: Writer): Promise<void> {
    if (!open) throw new Error('There is no transaction.');
    const keys = [
      ...this.#messages.map(({ thread, id }) => ['message', threadOf(thread), id] as const),
      ...threads.flatMap((thread) => [
        ['head', threadOf(thread), thread] as const,
        ...people.map((person) => ['participant', peopleOf(thread), person] as const),
        ...people.map((person) => ['membership', userOf(person), thread] as const),
      ]),
    ].filter(() => this.#random.chance(0.3));
    if (keys.length === 0) return Promise.resolve();
    return this.#say(open, `${client} reads ${keys.length} rows`, (side) => async (tx) => {
      const asked = keys.map(([table, scope, id]) => ({ table: side.toTable(table), scope: side.toScope(scope), id }));
      const rows = await tx.read(asked);
      return rows.map((row, index) => side.fromData(keys[index]?.[0] ?? '', row ?? null));
    });
  }

  #lookUp({ open, client, person, n }: Writer): Promise<void> {
    if (!open) throw new Error('There is no transaction.');
    const lanes = this.#writers.map((writer) => ({ clientId: writer.client, lane: userOf(person) }));
    const keys = this.#results.map(({ person: personId, id }) => ({ personId, id }));
    return this.#say(open, `${client} looks up what was done`, () => async (tx) => [
      await tx.lastPlaces(lanes),
      keys.length > 0 ? await tx.outcomes(keys) : [],
      await tx.taken([0, 1, 2].map((more) => ({ clientId: client, lane: userOf(person), n: n + more }))),
    ]);
  }

  #flush(writer: Writer): Promise<void> {
    const { open, client, person } = writer;
    if (!open || !writer.locked) throw new Error('There is no transaction.');
    const scopes = new Map(writer.locked);
    const acts = [this.#act(writer, scopes)];
    if (this.#random.chance(0.3)) acts.push(this.#act(writer, scopes));
    const known = this.#results.filter((result) => result.person === person);
    const again = this.#random.chance(0.1) ? known[this.#random.below(known.length)]?.id : undefined;
    const result = again ?? uuid(4, (this.#ids += 1));
    writer.flush = { acts, result };
    const entry = { personId: person, clientId: client, lane: userOf(person), n: writer.n + 1, id: result };
    return this.#say(open, `${client} writes ${JSON.stringify(acts)}`, (side) => async (tx) => {
      const flush: Flush = {
        acts: acts.map(({ bumps, rows }) => ({
          bumps: bumps.map((bump) => ({ ...bump, scope: side.toScope(bump.scope) })),
          rows: rows.map((row) => side.toRow(row)),
          jobs: [],
        })),
        lanes: [{ clientId: client, lane: userOf(person), lastN: writer.n + 1 }],
        results: [{ entry, outcome: { status: 'applied', effects: [] } }],
      };
      const recipients = await tx.flush(flush);
      return recipients.map((ofAct) =>
        Array.from(ofAct, ([scope, readers]) => [side.fromScope(scope), readers?.sort() ?? null] as const).sort(
          byScope,
        ),
      );
    });
  }

  /** What one act does to the scopes that are locked; makes those threads that are not there. */
  #act({ asked, person }: Writer, scopes: Map<string, LockedScope>): CommonFlush {
    const rows: CommonRow[] = [];
    const seqs = new Map<string, number>();
    const created = new Set<string>();
    const put = (table: CommonRow['table'], scope: string, id: string, data: CommonRow['data']) => {
      rows.push({ table, scope, id, version: (scopes.get(scope)?.version ?? 0) + 1, data });
    };
    for (const thread of threads) {
      const [scope, ofPeople] = [threadOf(thread), peopleOf(thread)];
      if (!asked.includes(scope) || !asked.includes(ofPeople)) continue;
      const isThere = scopes.has(scope);
      if (!isThere) {
        for (const made of [scope, ofPeople]) created.add(made);
        put('head', scope, thread, { last: 0, by: person });
      } else this.#inThread({ thread, person, seq: scopes.get(scope)?.seq ?? 0, put, seqs });
      for (const other of people) {
        if (isThere && this.#random.chance(0.6)) continue;
        const active = this.#random.chance(0.7);
        put('participant', ofPeople, other, { active });
        if (scopes.has(userOf(other))) {
          put('membership', userOf(other), thread, { active, epoch: 1 + this.#random.below(3) });
        }
      }
    }
    if (this.#random.chance(0.5)) {
      put('position', userOf(person), threads[this.#random.below(3)] ?? '', { seq: this.#random.below(9) });
    }
    const changed = new Set(rows.map(({ scope }) => scope));
    const bumps = Array.from(changed, (scope) => {
      const { version, seq } = scopes.get(scope) ?? { version: 0, seq: 0 };
      return { scope, version: version + 1, seq: seqs.get(scope) ?? seq, created: created.has(scope) };
    });
    for (const { scope, version, seq } of bumps) scopes.set(scope, { version, seq });
    return { bumps, rows };
  }

  #inThread(about: {
    thread: string;
    person: string;
    seq: number;
    put: (table: CommonRow['table'], scope: string, id: string, data: CommonRow['data']) => void;
    seqs: Map<string, number>;
  }): void {
    const { thread, person, seq, put, seqs } = about;
    const scope = threadOf(thread);
    const there = this.#messages.filter((message) => message.thread === thread);
    const old = there[this.#random.below(there.length)];
    if (old && this.#random.chance(0.5)) {
      const text = `again ${(this.#ids += 1)}`;
      const isRemoved = this.#random.chance(0.4);
      put('message', scope, old.id, isRemoved ? null : { seq: old.seq, text, author: person });
    }
    if (this.#random.chance(0.7)) {
      const id = uuid(5, (this.#ids += 1));
      seqs.set(scope, seq + 1);
      put('message', scope, id, { seq: seq + 1, text: id, author: person });
      put('head', scope, thread, { last: seq + 1, by: person });
    }
  }

  #end(writer: Writer, how: 'commit' | 'rollback'): Promise<void> {
    if (!writer.open) throw new Error('There is no transaction.');
    return this.#say(writer.open, `${writer.client} says ${how}`, () => how);
  }

  #beginToRead(person: string): Promise<void> {
    const open = { on: this.#sides.map((side) => ({ side, session: reading(side) })) };
    this.#reader = { person, open, readable: [] };
    return this.#say(open, `${person} begins to read`, (side) => async (tx) => {
      const states = await tx.readable(
        person,
        everything.map((scope) => side.toScope(scope)),
      );
      return Array.from(
        states,
        ([scope, { version, seq, floor, epoch }]) => [side.fromScope(scope), { version, seq, floor, epoch }] as const,
      ).sort(byScope);
    });
  }

  #readDeltas(open: Both<StorageSnapshot>, asks: { scope: string; from: number }[]): Promise<void> {
    return this.#say(open, `somebody reads ${JSON.stringify(asks)}`, (side) => async (tx) => {
      const deltas = await tx.deltas(
        asks.map((ask) => ({ ...ask, scope: side.toScope(ask.scope) })),
        1_000,
      );
      return asks.map(({ scope }) => {
        const { rows = [], to } = deltas.get(side.toScope(scope)) ?? {};
        return [scope, to, commonRows(side, rows)];
      });
    });
  }

  async #read(): Promise<void> {
    if (!this.#reader) return this.#beginToRead(people[this.#random.below(people.length)] ?? '');
    const { open, person, readable } = this.#reader;
    const choice = this.#random.next();
    if (choice < 0.3 || readable.length === 0) return this.#say(open, `${person} has read`, () => 'commit');
    if (choice < 0.7) {
      const asks = readable.map(([scope, { version }]) => ({ scope, from: this.#random.below(version + 1) }));
      return this.#readDeltas(open, asks);
    }
    const windows = readable
      .filter(([scope]) => scope.startsWith('thread:'))
      .map(([scope]) => ({ scope, low: this.#random.below(4), before: 1 + this.#random.below(9), head: choice < 0.9 }));
    if (windows.length === 0) return;
    return this.#say(open, `${person} reads ${JSON.stringify(windows)}`, (side) => async (tx) => {
      const found = await tx.windows(windows.map((ask) => ({ ...ask, scope: side.toScope(ask.scope) })));
      return windows.map(({ scope }) => [scope, commonRows(side, found.get(side.toScope(scope)) ?? [])]);
    });
  }

  /** Says it on both sides, lets both come to rest, and compares what everybody has been told. */
  async #say<Tx>(
    { on }: Both<Tx>,
    words: string,
    statement: (side: Side) => ((tx: Tx) => Promise<unknown>) | 'commit' | 'rollback',
  ): Promise<void> {
    this.#log.push(words);
    for (const { side, session } of on) session.say(statement(side));
    const open = [...this.#writers.map((writer) => writer.open), this.#reader?.open ?? null];
    for (const side of this.#sides) {
      await side.rest(
        () => open.filter((both) => both?.on.some((one) => one.side === side && one.session.waits)).length,
      );
    }
    const said = this.#sides.map((side) => {
      const answers = open.map((both) => both?.on.find((one) => one.side === side)?.session.answer ?? null);
      return answers.map((answer) => JSON.stringify(answer)).join('\n');
    });
    if (new Set(said).size > 1 || said[0]?.includes('broke')) {
      throw new Error(
        [...this.#log.slice(-12), ...said.map((all, side) => `${this.#sides[side]?.name}:\n${all}`)].join('\n'),
      );
    }
    for (const writer of this.#writers) this.#note(writer);
    this.#noteReader();
  }

  #note(writer: Writer): void {
    const answer = writer.open?.on[0]?.session.answer;
    if (!answer) return;
    if (answer === 'waits') {
      this.seen.waits += 1;
      return;
    }
    if (!writer.locked && Array.isArray(answer.says)) writer.locked = answer.says as Locked;
    if (answer.says === 'committed' && writer.flush) {
      this.seen.committed += 1;
      writer.n += 1;
      this.#results.push({ person: writer.person, id: writer.flush.result });
      for (const { rows } of writer.flush.acts) {
        for (const { table, scope, id, data } of rows) {
          if (table !== 'message' || this.#messages.some((message) => message.id === id)) continue;
          this.#messages.push({ thread: scope.slice('thread:'.length), id, seq: Number(data?.['seq']) });
        }
      }
    }
    if (typeof answer.says !== 'string') return;
    if (answer.says.startsWith('refused')) this.seen.refused += 1;
    writer.open = null;
  }

  #noteReader(): void {
    const answer = this.#reader?.open.on[0]?.session.answer;
    if (!this.#reader || !answer || answer === 'waits') return;
    if (answer.says === 'committed') this.#reader = null;
    else if (this.#reader.readable.length === 0) {
      this.#reader.readable = answer.says as [string, { version: number }][];
    } else this.seen.rows += JSON.stringify(answer.says).split('"message"').length - 1;
  }

  async #bind(client: string, person: string): Promise<void> {
    for (const { storage } of this.#sides) {
      const [bound] = await this.#bothDone([storage.bindClient(client, person)]);
      if (!bound) throw new Error(`${client} is bound to somebody else.`);
    }
  }

  async #bothDone<T>(work: Promise<T>[]): Promise<T[]> {
    const done = Promise.all(work);
    for (const side of this.#sides) await side.rest(() => 0);
    return done;
  }

  async #makePeople(writer: Writer): Promise<void> {
    writer.open = { on: this.#sides.map((side) => ({ side, session: writing(side) })) };
    const bumps = people.map((person) => ({ scope: userOf(person), version: 1, seq: 0, created: true }));
    await this.#say(writer.open, 'people are made', () => async (tx) => {
      await tx.flush({ acts: [{ bumps, rows: [], jobs: [] }], lanes: [], results: [] });
      return null;
    });
    await this.#end(writer, 'commit');
  }

  /** Whoever is still at it stops; then everybody reads everything. */
  async #finish(): Promise<void> {
    while (this.#reader) await this.#say(this.#reader.open, 'the reader stops', () => 'commit');
    for (;;) {
      const open = this.#writers.filter((writer) => writer.open);
      if (open.length === 0) break;
      const free = open.find((writer) => !writer.open?.on[0]?.session.waits);
      if (!free) throw new Error('Everybody waits.');
      await this.#end(free, 'rollback');
    }
    for (const person of people) await this.#readAll(person);
  }

  async #readAll(person: string): Promise<void> {
    await this.#beginToRead(person);
    if (!this.#reader) throw new Error('Nobody reads.');
    const { open, readable } = this.#reader;
    await this.#readDeltas(
      open,
      readable.map(([scope]) => ({ scope, from: 0 })),
    );
    await this.#say(open, `${person} has read`, () => 'commit');
  }
}
