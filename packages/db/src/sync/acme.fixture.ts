/** The people of every test: alice (owner), bob and gus (guest) of Acme, carol of Globex, dave of Initech; erin of both. */
import { mutators, type MutatorArgs, type MutatorName } from '@parley/core/mutators';
import type { Role } from '@parley/core/organisations';
import { receiptScopes, settleReceipts } from '@parley/core/receipts';
import {
  isPaged,
  orgPeopleScope,
  orgScope,
  scopesOfThread,
  threadPeopleScope,
  threadScope,
  userScope,
} from '@parley/core/scopes';
import type { Tables } from '@parley/core/tables';
import { join } from '@parley/core/threads';
import {
  PROTOCOL_VERSION,
  type PullRequest,
  type PushResult,
  type ScopeAnswer,
  type WireMutation,
} from '@parley/sync/protocol';
import { createSyncServer, type Commit, type ServerStorage, type SyncServer } from '@parley/sync/server';
import type { LogEvent } from 'kysely';
import { v7 as newId } from 'uuid';
import { openDatabase, type OpenDatabase } from '../connection.ts';
import { overdueReceipts } from '../receipts.ts';
import type { DatabaseTransaction } from './statement.ts';
import { createPostgresStorage } from './storage.ts';

export type TestServer = SyncServer<Tables, DatabaseTransaction>;

export interface TestInstallation {
  database: OpenDatabase;
  server: TestServer;
  commits: Commit[];
  /** What the server said to the database since it was last emptied. */
  statements: string[];
  close(): Promise<void>;
}

export interface InstallationOptions {
  connections?: number;
  /** The server's clock. */
  now?: () => number;
  /** Puts faults between the engine and its storage. */
  wrap?: (storage: ServerStorage<DatabaseTransaction>) => ServerStorage<DatabaseTransaction>;
}

export function openInstallation(
  url: string,
  { connections = 10, now = Date.now, wrap = (storage) => storage }: InstallationOptions = {},
): TestInstallation {
  const statements: string[] = [];
  const commits: Commit[] = [];
  const onStatement = (event: LogEvent) => void statements.push(event.query.sql);
  const database = openDatabase(url, { sees: 'everything', connections, onStatement });
  const server = createSyncServer<Tables, DatabaseTransaction>({
    storage: wrap(createPostgresStorage(database.kysely)),
    mutators,
    isPaged,
    ownScope: userScope,
    now,
    publish: (commit) => void commits.push(commit),
  });
  return { database, server, commits, statements, close: () => database.close() };
}

export const people = {
  alice: newId(),
  bob: newId(),
  gus: newId(),
  carol: newId(),
  dave: newId(),
  erin: newId(),
};
export const orgs = { acme: newId(), globex: newId(), initech: newId() };

/** Founds the organisations by the server's own acts. */
export async function seed({ server }: Pick<TestInstallation, 'server'>): Promise<void> {
  for (const [name, orgId] of Object.entries(orgs)) {
    await server.act(null, { create: [orgScope(orgId), orgPeopleScope(orgId)], write: [] }, async (tx) => {
      tx.put('org', orgScope(orgId), orgId, { name, threadStarters: 'members', createdAt: tx.now });
    });
  }
  await addPerson(server, { id: people.alice, name: 'alice', orgId: orgs.acme, role: 'owner' });
  await addPerson(server, { id: people.bob, name: 'bob', orgId: orgs.acme, role: 'member' });
  await addPerson(server, { id: people.gus, name: 'gus', orgId: orgs.acme, role: 'guest' });
  await addPerson(server, { id: people.carol, name: 'carol', orgId: orgs.globex, role: 'owner' });
  await addPerson(server, { id: people.dave, name: 'dave', orgId: orgs.initech, role: 'owner' });
  await addPerson(server, { id: people.erin, name: 'erin', orgId: orgs.acme, role: 'member' });
  await joinOrg(server, { id: people.erin, name: 'erin', orgId: orgs.globex, role: 'member' });
}

interface NewPerson {
  id: string;
  name: string;
  orgId: string;
  role: Role;
  placeholder?: boolean;
}

/** A new person of an organisation, with rows of every kind in one transaction. */
export function addPerson(server: TestServer, person: NewPerson): Promise<void> {
  const { id, name, orgId, placeholder = false } = person;
  const scopes = { create: [userScope(id)], write: [orgPeopleScope(orgId)], lock: [orgScope(orgId)] };
  return server.act(null, scopes, async (tx, trx) => {
    await trx.insertInto('person').values({ id, name, placeholder, merged_into: null }).execute();
    putMember(tx, person);
  });
}

export function joinOrg(server: TestServer, person: NewPerson): Promise<void> {
  const scopes = { write: [userScope(person.id), orgPeopleScope(person.orgId)], lock: [orgScope(person.orgId)] };
  return server.act(null, scopes, async (tx) => putMember(tx, person));
}

type Tx = Parameters<Parameters<TestServer['act']>[2]>[0];

function putMember(tx: Tx, { id, name, orgId, role, placeholder = false }: NewPerson): void {
  const common = { role, active: true, joinedAt: tx.now };
  tx.put('membership', userScope(id), orgId, { ...common, epoch: 1 });
  tx.put('person', orgPeopleScope(orgId), id, { ...common, name, email: `${name}@example.org`, placeholder });
}

/** One installation of a client: counts its lanes. */
export class TestClient {
  readonly clientId = newId();
  readonly personId: string;
  readonly #server: TestServer;
  readonly #lanes = new Map<string, number>();

  constructor(server: TestServer, personId: string) {
    this.#server = server;
    this.personId = personId;
  }

  /** The next mutation of its lane. */
  mutation<Name extends MutatorName>(name: Name, args: MutatorArgs<Name>): WireMutation {
    const lane = mutators[name].lane(args as never, this.personId);
    const n = (this.#lanes.get(lane) ?? 0) + 1;
    this.#lanes.set(lane, n);
    return { id: newId(), lane, n, name, version: 1, args, at: 0 };
  }

  async push(...mutations: WireMutation[]): Promise<PushResult[]> {
    const { results } = await this.#server.push(this.personId, { ...this.caller, incarnation: null, mutations });
    return results;
  }

  /** Does it at once. */
  async do<Name extends MutatorName>(name: Name, args: MutatorArgs<Name>): Promise<PushResult> {
    const [result] = await this.push(this.mutation(name, args));
    if (!result) throw new Error('A push is answered item by item.');
    return result;
  }

  async pull(...scopes: PullRequest['scopes']): Promise<ScopeAnswer[]> {
    const { answers } = await this.#server.pull(this.personId, { ...this.caller, incarnation: null, scopes });
    return answers;
  }

  get caller(): { protocol: number; personId: string; clientId: string } {
    return { protocol: PROTOCOL_VERSION, personId: this.personId, clientId: this.clientId };
  }
}

/** A thread of Acme with these people in it; alice starts it. */
export async function startThread(server: TestServer, participantIds: string[]): Promise<string> {
  const threadId = newId();
  const alice = new TestClient(server, people.alice);
  const result = await alice.do('createThread', { threadId, orgId: orgs.acme, subject: 'Plans', participantIds });
  if (result.status !== 'applied') throw new Error(`The thread could not be started: ${JSON.stringify(result)}`);
  return threadId;
}

/** A thread of Acme with partners: each person in it acts for the organisation they stand beside. */
export async function startPartnerThread(
  server: TestServer,
  acting: readonly (readonly [personId: string, orgId: string])[],
  { threadId = newId() } = {},
): Promise<string> {
  const lock = Object.values(orgs).map(orgPeopleScope);
  const scopes = { create: scopesOfThread(threadId), write: acting.map(([personId]) => userScope(personId)), lock };
  await server.act(null, scopes, async (tx) => {
    tx.put('thread', threadScope(threadId), threadId, {
      ...{ homeOrg: orgs.acme, subject: 'Delivery', kind: 'external', createdBy: people.alice, createdAt: tx.now },
      ...{ lastSeq: 0, lastMessage: null, resolved: null },
    });
    for (const [personId, orgId] of acting) await join(tx, { threadId, orgId, personId });
    for (const [name, orgId] of Object.entries(orgs)) {
      if (!acting.some(([, other]) => other === orgId)) continue;
      const card = { name, state: 'active', permission: 'invite', addedAt: tx.now } as const;
      tx.put('threadOrg', threadPeopleScope(threadId), orgId, card);
    }
  });
  return threadId;
}

/** What the worker does with the receipts of a thread. */
export const settle = (server: TestServer, threadId: string): Promise<void> =>
  server.act(null, receiptScopes(threadId), async (tx, trx) =>
    settleReceipts(tx, threadId, await overdueReceipts(trx, threadId)),
  );
