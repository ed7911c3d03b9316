import { userScope } from '@parley/core/scopes';
import { PROTOCOL_VERSION } from '@parley/sync/protocol';
import { v7 as uuidv7 } from 'uuid';
import { expect, test, vi } from 'vitest';
import { alice, cast, server } from '../testing/acme-server.ts';
import { RawSocket } from '../testing/raw-socket.ts';
import { SyncClient } from '../testing/sync-client.ts';
import { PASSWORD, type Somebody } from '../testing/test-server.ts';
import type { OrganisationConnection } from './connections.ts';

async function look(): Promise<{ connections: OrganisationConnection[]; total: number; isShared: boolean }> {
  const { data } = await alice.call('query', 'organisations.connections', { orgId: cast.acme });
  return data as Awaited<ReturnType<typeof look>>;
}

const connect = async (who: Somebody) => SyncClient.connect(await server.browser().signIn(who, PASSWORD), who.personId);

const until = (people: string[]) =>
  vi.waitFor(async () => {
    const { connections, total } = await look();
    expect([connections.map(({ personId }) => personId).toSorted(), total]).toEqual([people.toSorted(), people.length]);
  });

test('owners see the connections of their people, of nobody else, and how long each takes to answer', async () => {
  const begun = Date.now();
  const [own, bob, carol] = [await connect(cast.alice), await connect(cast.bob), await connect(cast.carol)];
  await until([cast.alice.personId, cast.bob.personId]);
  await vi.waitFor(async () => {
    const { connections } = await look();
    for (const { answersIn } of connections) expect(answersIn).toBeGreaterThan(0);
  });
  const { connections, isShared } = await look();
  for (const each of connections) {
    expect(each).toMatchObject({ device: 'Another program', reconnects: 0, isOutdated: false });
    expect(each.openedAt).toBeGreaterThanOrEqual(begun);
  }
  expect(isShared).toBe(false);
  for (const each of [own, bob, carol]) each.close();
  await until([]);
});

test('whoever is invisible is not among them, nor counted', async () => {
  const bob = await connect(cast.bob);
  await until([cast.bob.personId]);
  const change = { invisible: true };
  expect(await bob.push('changeSettings', change, userScope(cast.bob.personId))).toMatchObject({ status: 'applied' });
  await until([]);
  await bob.push('changeSettings', { invisible: false }, userScope(cast.bob.personId));
  await until([cast.bob.personId]);
  bob.close();
  await until([]);
});

test('a line that breaks comes first, and so does an older release show', async () => {
  const steady = await connect(cast.alice);
  const browser = await server.browser().signIn(cast.bob, PASSWORD);
  const input = { protocol: PROTOCOL_VERSION - 1, personId: cast.bob.personId, clientId: uuidv7() };
  const listen = () => RawSocket.listen({ port: server.port, browser, input });
  (await listen()).cut();
  await until([cast.alice.personId]);
  const back = await listen();
  await vi.waitFor(async () => {
    const { connections } = await look();
    expect(connections.map(({ personId, reconnects }) => [personId, reconnects])).toEqual([
      [cast.bob.personId, 1],
      [cast.alice.personId, 0],
    ]);
    expect(connections[0]?.isOutdated).toBe(true);
  });
  back.cut();
  steady.close();
  await until([]);
});
