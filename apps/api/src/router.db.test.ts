import { threadScope } from '@parley/core/scopes';
import fc from 'fast-check';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { procedureKinds } from './router.ts';
import type { Browser } from './testing/browser.ts';
import { samples, type ProtectedSample, type Scene } from './testing/samples.ts';
import { SyncClient } from './testing/sync-client.ts';
import {
  addMember,
  PASSWORD,
  makeCast,
  startTestServer,
  type Somebody,
  type TestServer,
} from './testing/test-server.ts';

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
  const client = await SyncClient.connect(alice, cast.alice.personId);
  const threadId = await client.startThread(cast.acme, [cast.bob.personId]);
  client.close();
  await alice.call('mutation', 'organisations.invite', { orgId: cast.acme, email: 'zoe@example.org', role: 'member' });
  const { data } = await alice.call('query', 'organisations.invitations', { orgId: cast.acme });
  const [{ id: invitationId } = { id: '' }] = data as { id: string }[];
  const gus = { personId: uuidv7(), name: 'Gus', email: 'gus@example.org' };
  const rob = { personId: uuidv7(), name: 'Rob', email: 'rob@example.org' };
  await addMember(server.services, { ...gus, orgId: cast.acme, role: 'guest' });
  await addMember(server.services, { ...rob, orgId: cast.acme, role: 'member' });
  const upload = { orgId: cast.acme, fileName: 'history.zip', bytes: 5_000, withDirectMessages: false };
  const { data: begun } = await alice.call('mutation', 'imports.start', upload);
  const { importId } = begun as { importId: string };
  const devices = (await alice.call('query', 'accounts.devices.list')).data as { id: string }[];
  scene = { ...cast, threadId, invitationId, importId, gus, rob, alicesDeviceId: devices[0]?.id ?? '' };
  const again = await SyncClient.connect(alice, cast.alice.personId);
  await again.push(
    'addParticipants',
    { threadId, orgId: cast.acme, messageId: uuidv7(), personIds: [rob.personId] },
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

test.each(all.filter(([, { isPublic }]) => !isPublic))('%s, signed out: refused', async (path, { input }) => {
  const kind = procedureKinds.get(path) ?? 'query';
  const answer = await server.browser().call(kind === 'subscription' ? 'query' : kind, path, input(scene, scene.alice));
  expect([answer.status, answer.code]).toEqual(kind === 'subscription' ? [405, 'SOCKET_ONLY'] : [401, 'UNAUTHORISED']);
});

describe.each(protectedOnes)('%s', (path, { input, stranger, guest, namesCaller, other = 'FORBIDDEN' }) => {
  test.each([
    ['carol', 'of another organisation', stranger],
    ['dave', 'of none', stranger],
    ['rob', 'deactivated', stranger],
    ['gus', 'a guest', guest],
  ] as const)('%s, %s: answered as written down', async (name, _who, expected) => {
    const { code, data } = await callAs(await signIn(scene[name]), path, input(scene, scene[name]));
    if (typeof expected === 'string') expect(code).toBe(expected);
    else if (expected === null || Array.isArray(expected)) expect(data).toEqual(expected);
    else expect(data).toMatchObject(expected);
  });

  test('in the name of somebody else: refused', async () => {
    const { code } = await callAs(await signIn(scene.bob), path, input(scene, scene.alice));
    expect(code).toBe(namesCaller ? 'WRONG_ACCOUNT' : other);
  });
});

describe('whatever is sent', () => {
  const json = fc.jsonValue({ maxDepth: 3 });
  const nasty = fc.oneof(
    json,
    fc.constantFrom('', '\0', '\ud800', ' ', '__proto__', '0', -1, 1e308, 2 ** 53, 1.5, null, [], {}, true),
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.string({ minLength: 300, maxLength: 3_000 }),
  );

  /** Every place in a value, as the keys that lead there. */
  function placesIn(value: unknown, path: (string | number)[] = []): (string | number)[][] {
    if (typeof value !== 'object' || value === null) return [path];
    const entries = Array.isArray(value) ? value.map((item, index) => [index, item] as const) : Object.entries(value);
    return [path, ...entries.flatMap(([key, item]) => placesIn(item, [...path, key]))];
  }

  function replaced(value: unknown, [key, ...rest]: (string | number)[], by: unknown): unknown {
    if (key === undefined) return by;
    if (Array.isArray(value)) return value.map((item, index) => (index === key ? replaced(item, rest, by) : item));
    const record = value as Record<string, unknown>;
    return { ...record, [key]: replaced(record[key], rest, by) };
  }

  const callable = [...procedureKinds].filter(([path, kind]) => kind !== 'subscription' && path !== 'accounts.signOut');

  test.each(callable)('to %s is answered with a code of its own, never INTERNAL', async (path, kind) => {
    const browser = await signIn(scene.alice);
    const sample = samples[path]?.input(scene, scene.alice);
    const almostRight = fc
      .tuple(fc.constantFrom(...placesIn(sample)), nasty)
      .map(([place, by]) => replaced(sample, place, by));
    await fc.assert(
      fc.asyncProperty(
        fc.oneof({ weight: 1, arbitrary: json }, { weight: 4, arbitrary: almostRight }),
        async (input) => {
          const { status, code } = await browser.call(kind === 'query' ? 'query' : 'mutation', path, input);
          expect(status).toBeLessThan(500);
          expect(code).not.toBe('INTERNAL');
        },
      ),
      { numRuns: 120 },
    );
  });

  test('to sync.live, too', async () => {
    const socket = await (await signIn(scene.alice)).connect();
    const sample = samples['sync.live']?.input(scene, scene.alice);
    await fc.assert(
      fc.asyncProperty(fc.tuple(fc.constantFrom(...placesIn(sample)), nasty), async ([place, by]) => {
        const stream = socket.subscribe('sync.live', replaced(sample, place, by));
        const first = await Promise.race([stream.failed(), stream.next()]);
        stream.stop();
        expect((first as { code?: string }).code).not.toBe('INTERNAL');
      }),
      { numRuns: 60 },
    );
    socket.close();
  });
});
