/** A whole server on a database of its own, and people who talk to it as browsers do. */
import type { Role } from '@parley/core/organisations';
import { orgPeopleScope, orgScope, userScope } from '@parley/core/scopes';
import { createTestDatabase } from '@parley/db/testing';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { hashPassword } from '../accounts/password.ts';
import { insertAccount, putMember } from '../accounts/people.ts';
import { setLogLevel } from '../logger.ts';
import { startServer, type RunningServer, type ServerOptions } from '../server.ts';
import type { Services } from '../services.ts';
import { Browser } from './browser.ts';

export interface TestServer extends RunningServer {
  url: string;
  databaseUrl: string;
  /** Somebody's browser, with nobody signed in. */
  browser(): Browser;
  stop(): Promise<void>;
}

export const PASSWORD = 'correct horse battery';

export async function startTestServer(options: Partial<ServerOptions> = {}): Promise<TestServer> {
  setLogLevel('silent');
  // A second process of an installation comes with the database of the first.
  const database = options.databaseUrl === undefined ? await createTestDatabase() : null;
  const databaseUrl = options.databaseUrl ?? database?.url ?? '';
  const server = await startServer({
    databaseUrl,
    port: 0,
    host: '127.0.0.1',
    publicUrl: 'http://localhost:3000',
    authSecret: 'a secret of the tests, long enough for all',
    webFolder: '/nowhere',
    dataDir: join(tmpdir(), `parley-server-${process.pid}`),
    ...options,
  });
  const url = `http://127.0.0.1:${server.port}`;
  return {
    ...server,
    url,
    databaseUrl,
    browser: () => new Browser(url),
    async stop() {
      await server.close();
      await database?.drop();
    },
  };
}

export interface Somebody {
  personId: string;
  name: string;
  email: string;
}

/** Alice (owner) and Bob of Acme, Carol (owner) of Globex, and Dave, who belongs nowhere. All have the same password. */
export interface Cast {
  acme: string;
  globex: string;
  alice: Somebody;
  bob: Somebody;
  carol: Somebody;
  dave: Somebody;
}

export async function makeCast({ acts }: Pick<Services, 'acts'>): Promise<Cast> {
  const [acme, globex] = [uuidv7(), uuidv7()];
  const somebody = (name: string): Somebody => ({
    personId: uuidv7(),
    name,
    email: `${name.toLowerCase()}@example.org`,
  });
  const cast: Cast = {
    acme,
    globex,
    alice: somebody('Alice'),
    bob: somebody('Bob'),
    carol: somebody('Carol'),
    dave: somebody('Dave'),
  };
  const { alice, bob, carol, dave } = cast;
  const passwordHash = await hashPassword(PASSWORD);
  const orgs = [
    { id: acme, name: 'Acme', members: [alice, bob] },
    { id: globex, name: 'Globex', members: [carol] },
  ];
  const scopes = [alice, bob, carol, dave].map(({ personId }) => userScope(personId));
  const create = [...scopes, ...orgs.flatMap(({ id }) => [orgScope(id), orgPeopleScope(id)])];
  await acts.act(null, { write: [], create }, async (tx, db) => {
    for (const person of [alice, bob, carol, dave]) await insertAccount(db, { ...person, passwordHash });
    for (const { id, name, members } of orgs) {
      tx.put('org', orgScope(id), id, { name, threadStarters: 'members', createdAt: tx.now });
      for (const [index, member] of members.entries()) {
        await putMember(tx, { ...member, orgId: id, role: index === 0 ? 'owner' : 'member' });
      }
    }
  });
  return cast;
}

/** One more person with the same password, in an organisation. */
export async function addMember(
  { acts }: Pick<Services, 'acts'>,
  member: Somebody & { orgId: string; role: Role },
): Promise<void> {
  const passwordHash = await hashPassword(PASSWORD);
  const scopes = { write: [orgPeopleScope(member.orgId)], create: [userScope(member.personId)] };
  await acts.act(null, scopes, async (tx, db) => {
    await insertAccount(db, { ...member, passwordHash });
    await putMember(tx, member);
  });
}
