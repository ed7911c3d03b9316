import { orgPeopleScope, threadScope, userScope } from '@parley/core/scopes';
import { liveRequest } from '@parley/sync/protocol';
import { arbitraryOf, spoiledOf, type Schema } from '@parley/sync/testing/arbitrary-of';
import fc from 'fast-check';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { putMember } from './accounts/people.ts';
import { appRouter, procedureKinds } from './router.ts';
import type { Browser } from './testing/browser.ts';
import { beginAffairs, samples, type ProtectedSample, type Scene } from './testing/samples.ts';
import { stored } from './testing/stored.ts';
import { SyncClient } from './testing/sync-client.ts';
import {
  addMember,
  PASSWORD,
  makeCast,
  startTestServer,
  type Somebody,
  type TestServer,
} from './testing/test-server.ts';

const SEED = 4471;

let server: TestServer;
let scene: Scene;
beforeAll(async () => {
  const endless = { points: 1_000_000, seconds: 1 };
  const limits = {
    guessByAddress: endless,
    guessByAccount: endless,
    guessByAccountAndAddress: endless,
    invite: endless,
    confirm: endless,
    ceremony: endless,
    linkByAddress: endless,
    linkByAccount: endless,
  };
  server = await startTestServer({ limits });
  const cast = await makeCast(server.services);
  const alice = await signIn(cast.alice);
  // Being a partner opens no door either.
  const { data } = await alice.call('mutation', 'partners.invite', { orgId: cast.acme, email: cast.carol.email });
  const token = (data as { url: string }).url.split('/').at(-1);
  await (await signIn(cast.carol)).call('mutation', 'partners.accept', { token, orgId: cast.globex });
  const client = await SyncClient.connect(alice, cast.alice.personId);
  const threadId = await client.startThread(cast.acme, [cast.bob.personId]);
  client.close();
  const gus = { personId: uuidv7(), name: 'Gus', email: 'gus@example.org' };
  const rob = { personId: uuidv7(), name: 'Rob', email: 'rob@example.org' };
  const erin = { personId: uuidv7(), name: 'Erin', email: 'erin@example.org' };
  await addMember(server.services, { ...gus, orgId: cast.acme, role: 'guest' });
  await addMember(server.services, { ...erin, orgId: cast.acme, role: 'member' });
  const inGlobex = { write: [userScope(erin.personId), orgPeopleScope(cast.globex)] };
  await server.services.acts.act(null, inGlobex, (tx) => putMember(tx, { ...erin, orgId: cast.globex, role: 'owner' }));
  await addMember(server.services, { ...rob, orgId: cast.acme, role: 'member' });
  scene = { ...cast, ...(await beginAffairs(alice, cast.acme)), threadId, gus, rob, erin };
  const again = await SyncClient.connect(alice, cast.alice.personId);
  await again.push(
    'addParticipants',
    { threadId, orgId: cast.acme, messageId: uuidv7(), personIds: [rob.personId, erin.personId] },
    threadScope(threadId),
  );
  again.close();
  const member = { orgId: cast.acme, personId: rob.personId };
  await alice.call('mutation', 'organisations.deactivateMember', member);
});
afterAll(() => server.stop());

const signIn = (person: Somebody): Promise<Browser> => server.browser().signIn(person, PASSWORD);

/** Calls over the transport that the procedure is for. */
async function callAs(
  browser: Browser,
  path: string,
  input: unknown,
): Promise<{ code: string | undefined; data: unknown }> {
  const kind = procedureKinds.get(path) ?? 'query';
  if (kind !== 'subscription') return browser.call(kind, path, input);
  const socket = await browser.connect();
  try {
    const stream = socket.subscribe(path, input);
    return await Promise.race([stream.failed(), stream.next().then((data) => ({ data, code: undefined }))]);
  } finally {
    socket.close();
  }
}

const all = Object.entries(samples);
const protectedOnes = all.filter(
  (entry): entry is [string, ProtectedSample] => !entry[1].isPublic && !entry[1].ownOnly,
);

test('every procedure has its refusals written down', () => {
  expect(Object.keys(samples).toSorted()).toEqual([...procedureKinds.keys()].toSorted());
});

test('every procedure says what it answers, and answers nothing else', () => {
  const procedures = Object.entries(appRouter._def.procedures as unknown as Record<string, { _def: object }>);
  expect(procedures).toHaveLength(procedureKinds.size);
  const silent = procedures.filter(([, { _def }]) => !('output' in _def) || _def.output === undefined);
  expect(silent.map(([path]) => path)).toEqual(['sync.live']);
});

test.each(all.filter(([, { isPublic }]) => !isPublic))('%s, signed out: refused', async (path, { input }) => {
  const kind = procedureKinds.get(path) ?? 'query';
  const answer = await server.browser().call(kind === 'subscription' ? 'query' : kind, path, input(scene, scene.alice));
  expect([answer.status, answer.code]).toEqual(kind === 'subscription' ? [405, 'SOCKET_ONLY'] : [401, 'UNAUTHORISED']);
});

describe.each(protectedOnes)('%s', (path, { input, stranger, guest, namesCaller, other = 'FORBIDDEN' }) => {
  test.each([
    ['carol', 'of another organisation, a partner', stranger],
    ['dave', 'of none', stranger],
    ['rob', 'deactivated', stranger],
    ['gus', 'a guest', guest],
  ] as const)('%s, %s: answered as written down', async (name, _who, expected) => {
    const { code, data } = await callAs(await signIn(scene[name]), path, input(scene, scene[name]));
    if (typeof expected === 'string') expect(code).toBe(expected);
    else if (expected === null || Array.isArray(expected)) expect(data).toEqual(expected);
    else expect(data).toMatchObject(expected);
  });

  test.each([
    ['bob', 'a colleague'],
    ['erin', 'a colleague who owns another organisation, too'],
  ] as const)('%s, %s, in the name of somebody else: refused unless they may, too', async (name, _who) => {
    const { code } = await callAs(await signIn(scene[name]), path, input(scene, scene.alice));
    expect(code).toBe(namesCaller ? 'WRONG_ACCOUNT' : (other ?? undefined));
  });
});

describe('whatever is sent', () => {
  /** What the procedure says it takes; `undefined` where it takes nothing. */
  const inputOf = (path: string): Schema | undefined =>
    (appRouter._def.procedures as unknown as Record<string, { _def: { inputs: Schema[] } }>)[path]?._def.inputs[0];

  /** Most ids name something; who speaks to the engine speaks for themselves. */
  const idsFor = (field: string): fc.Arbitrary<string> => {
    const { acme, alice, bob, rob, invitationId, importId } = scene;
    const known = field === 'orgId' ? [acme] : [bob.personId, rob.personId, invitationId, importId];
    const ids = fc.constantFrom(...(field === 'personId' ? [alice.personId, ...known] : known));
    return fc.oneof({ weight: 3, arbitrary: ids }, { weight: 1, arbitrary: fc.uuid({ version: 7 }) });
  };
  const overTheWire = (value: unknown): unknown =>
    value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown);

  const callable = [...procedureKinds].filter(([path, kind]) => kind !== 'subscription' && path !== 'accounts.signOut');
  const taking = callable.filter(([path]) => inputOf(path) !== undefined);

  test.each(taking)('%s answers what it takes with a code of its own', async (path, kind) => {
    const browser = await signIn(scene.alice);
    await fc.assert(
      fc.asyncProperty(arbitraryOf(inputOf(path) as Schema, { idsFor }), async (input) => {
        const { status, code } = await browser.call(kind === 'query' ? 'query' : 'mutation', path, input);
        expect(status).toBeLessThan(500);
        expect(['INTERNAL', 'INVALID']).not.toContain(code);
      }),
      { seed: SEED, numRuns: 15 },
    );
  });

  test.each(taking)('%s refuses what it does not take, and stores nothing', async (path, kind) => {
    const browser = await signIn(scene.alice);
    const schema = inputOf(path) as z.ZodType;
    const before = await stored(server.services.db);
    await fc.assert(
      fc.asyncProperty(
        fc.oneof({ weight: 6, arbitrary: spoiledOf(schema, { idsFor }) }, fc.jsonValue()),
        async (input) => {
          fc.pre(!schema.safeParse(overTheWire(input)).success);
          const { status, code } = await browser.call(kind === 'query' ? 'query' : 'mutation', path, input);
          // The input of a query is part of the address, whose length is not the procedure's affair.
          if (kind !== 'query' || status !== 431) expect([status, code]).toEqual([400, 'INVALID']);
        },
      ),
      { seed: SEED, numRuns: 40 },
    );
    expect(await stored(server.services.db)).toEqual(before);
  });

  test('to sync.live, too', async () => {
    const socket = await (await signIn(scene.alice)).connect();
    await fc.assert(
      fc.asyncProperty(spoiledOf(liveRequest, { idsFor }), async (input) => {
        const stream = socket.subscribe('sync.live', input);
        const first = await Promise.race([stream.failed(), stream.next()]);
        stream.stop();
        expect((first as { code?: string }).code).not.toBe('INTERNAL');
      }),
      { seed: SEED, numRuns: 60 },
    );
    socket.close();
  });
});
