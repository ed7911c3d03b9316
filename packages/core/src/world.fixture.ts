/** Rows in memory and people who act on them, as on the server: what a mutator refuses leaves nothing behind. */
import type { Mutator, MutatorTx } from '@parley/sync/mutator';
import type { Role } from './organisations.ts';
import { orgPeopleScope, threadPeopleScope, threadScope, userScope } from './scopes.ts';
import type { TableName, Tables } from './tables.ts';

const id = (n: number): string => `0198c0de-0000-7000-8000-${String(n).padStart(12, '0')}`;

export const acme = id(1);
export const people = { alice: id(11), bob: id(12), gus: id(13), dave: id(14) };
export const threadId = id(21);

let lastId = 100;
export const newId = (): string => id((lastId += 1));

export class World {
  readonly rows = new Map<string, object>();
  readonly jobs: { kind: string; payload: object }[] = [];
  now = 1_000;
  #seq = 0;

  get<T extends TableName>(table: T, scope: string, rowId: string): Tables[T] | undefined {
    return this.rows.get(`${table} ${scope} ${rowId}`) as Tables[T] | undefined;
  }

  put<T extends TableName>(table: T, scope: string, rowId: string, row: Tables[T]): void {
    this.rows.set(`${table} ${scope} ${rowId}`, row);
  }

  /** Rows of a table in any scope. */
  all<T extends TableName>(table: T): Tables[T][] {
    return [...this.rows].flatMap(([key, row]) => (key.startsWith(`${table} `) ? [row as Tables[T]] : []));
  }

  /** @throws Refusal where the rules refuse it; Error where it writes a scope that it did not name */
  async act<Args>(personId: string, mutator: Mutator<Tables, Args>, args: Args): Promise<void> {
    const parsed = mutator.args.parse(args);
    const { write, create = [] } = mutator.scopes(parsed, personId);
    const writable = new Set([...write, ...create]);
    const written = new Map<string, object | null>();
    let seq = this.#seq;
    const set = (key: string, scope: string, row: object | null) => {
      if (!writable.has(scope)) throw new Error(`${scope} was not named`);
      written.set(key, row);
    };
    const tx: MutatorTx<Tables> = {
      side: 'server',
      personId,
      now: this.now,
      get: async <T extends TableName>(table: T, scope: string, rowId: string) => {
        const key = `${table} ${scope} ${rowId}`;
        return ((written.has(key) ? written.get(key) : this.rows.get(key)) ?? undefined) as Tables[T] | undefined;
      },
      put: (table, scope, rowId, row) => set(`${table} ${scope} ${rowId}`, scope, row),
      remove: (table, scope, rowId) => set(`${table} ${scope} ${rowId}`, scope, null),
      nextSeq: () => (seq += 1),
      enqueue: (kind, payload) => void this.jobs.push({ kind, payload }),
    };
    await mutator.run(tx, parsed);
    this.#seq = seq;
    for (const [key, row] of written) {
      if (row) this.rows.set(key, row);
      else this.rows.delete(key);
    }
  }
}

/** A thread of Acme with alice, bob and gus, a guest; dave of elsewhere is not in it. */
export function acmeWorld(): World {
  const world = new World();
  const roles: [person: string, name: string, role: Role][] = [
    [people.alice, 'Alice', 'owner'],
    [people.bob, 'Bob', 'member'],
    [people.gus, 'Gus', 'guest'],
  ];
  for (const [personId, name, role] of roles) {
    const joined = { actingOrg: acme, joinedAt: 1, leftAt: null };
    world.put('membership', userScope(personId), acme, { role, active: true, epoch: 1, joinedAt: 1 });
    world.put('person', orgPeopleScope(acme), personId, {
      name,
      email: null,
      role,
      placeholder: false,
      active: true,
      joinedAt: 1,
    });
    world.put('participation', userScope(personId), threadId, { ...joined, epoch: 1 });
    world.put('participant', threadPeopleScope(threadId), personId, { ...joined, name, placeholder: false });
  }
  world.put('thread', threadScope(threadId), threadId, {
    homeOrg: acme,
    subject: 'Plans',
    kind: 'internal',
    createdBy: people.alice,
    createdAt: 1,
    lastSeq: 0,
    lastMessage: null,
    resolved: null,
  });
  return world;
}
