/** Scopes that a client fetches while they are open, as those of receipts: packages/sync/SPEC.md, [RCPT4] and [RCPT5]. */
import { receiptsScope, threadScope, userScope } from '@parley/core/scopes';
import { createTabGroup, type DirectServer } from '@parley/sync/testing';
import { v7 as newId } from 'uuid';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { orgs, people, settle, startThread, TestClient, type TestServer } from './acme.fixture.ts';
import { drained, openEngineWorld, synced, type Client, type EngineWorld } from './client-engine.fixture.ts';

const { alice, bob } = people;

let world: EngineWorld;
let server: TestServer;

beforeAll(async () => {
  world = await openEngineWorld();
  server = world.server;
});
afterEach(() => world.stopClients());
afterAll(() => world.close());

/** A thread with three messages, of which bob has read the first. */
async function makeThread(): Promise<string> {
  const threadId = await startThread(server, [bob]);
  for (const text of ['one', 'two', 'three']) {
    await new TestClient(server, alice).do('sendMessage', { threadId, messageId: newId(), text });
  }
  await bobReads(threadId, 1);
  return threadId;
}
async function bobReads(threadId: string, seq: number): Promise<void> {
  await new TestClient(server, bob).do('markRead', { threadId, seq, markEpoch: 0 });
  await settle(server, threadId);
}

/** How far bob has read, as this tab shows it. */
const seen = ({ engine }: Client, threadId: string) => engine.row(receiptsScope(threadId), 'receipt', bob)?.data.upTo;
const shows = (client: Client, threadId: string, upTo: number | undefined) =>
  vi.waitFor(() => expect(seen(client, threadId)).toBe(upTo));

/** Notes which receipts a client asks for. */
function listening() {
  const asked: string[] = [];
  const listen = (reached: DirectServer): DirectServer => ({
    ...reached,
    pull(request) {
      asked.push(...request.scopes.map(({ scope }) => scope).filter((scope) => scope.startsWith('receipts.')));
      return reached.pull(request);
    },
  });
  return { asked, server: listen };
}

/** Something else has come to this client, so whatever was to come before it has come. */
async function settled(client: Client, threadId: string): Promise<void> {
  const text = newId();
  const close = client.engine.open(threadScope(threadId));
  await new TestClient(server, alice).do('sendMessage', { threadId, messageId: newId(), text });
  await vi.waitFor(() => expect(client.texts(threadId)).toContain(text));
  close();
}

describe('[RCPT4] a scope that is followed while it is open', () => {
  test('is not asked for before, is there when it is opened, and is kept up while it is open', async () => {
    const threadId = await makeThread();
    const { asked, server: listen } = listening();
    const client = await world.openClient(alice, { server: listen });
    await synced(client);
    await settled(client, threadId);
    expect(asked).toEqual([]);
    client.engine.open(receiptsScope(threadId));
    await shows(client, threadId, 1);
    await bobReads(threadId, 2);
    await shows(client, threadId, 2);
    // It came as a poke.
    expect(asked).toEqual([receiptsScope(threadId)]);
  });

  test('rests when it is closed, also on a new connection, and goes on from there when it is opened again', async () => {
    const threadId = await makeThread();
    const { asked, server: listen } = listening();
    const client = await world.openClient(alice, { server: listen });
    await synced(client);
    const close = client.engine.open(receiptsScope(threadId));
    await shows(client, threadId, 1);
    close();
    asked.length = 0;
    await bobReads(threadId, 2);
    await settled(client, threadId);
    client.network.setOnline(false);
    client.network.setOnline(true);
    await vi.waitFor(() => expect(client.engine.status().connection.state).toBe('live'));
    await settled(client, threadId);
    expect(asked).toEqual([]);
    client.engine.open(receiptsScope(threadId));
    await shows(client, threadId, 2);
    expect(asked).toEqual([receiptsScope(threadId)]);
  });

  test('is read without a network as it was left, also after the next start', async () => {
    const threadId = await makeThread();
    const profile = newId();
    const client = await world.openClient(alice, { profile });
    await synced(client);
    const close = client.engine.open(receiptsScope(threadId));
    await shows(client, threadId, 1);
    close();
    await settled(client, threadId);
    client.engine.stop();
    const again = await world.openClient(alice, { profile, online: false });
    again.engine.open(receiptsScope(threadId));
    await shows(again, threadId, 1);
    await bobReads(threadId, 3);
    expect(seen(again, threadId)).toBe(1);
    again.network.setOnline(true);
    await shows(again, threadId, 3);
  });

  test('is fetched by the leading tab for another one that has it open', async () => {
    const threadId = await makeThread();
    const [profile, tabs] = [newId(), createTabGroup()];
    const first = await world.openClient(alice, { profile, tabs });
    await synced(first);
    const second = await world.openClient(alice, { profile, tabs });
    second.engine.open(receiptsScope(threadId));
    await shows(second, threadId, 1);
    await bobReads(threadId, 2);
    await shows(second, threadId, 2);
    expect([first.leads(), second.leads()]).toEqual([true, false]);
  });

  test('is fetched by a new leader for those who had it open before', async () => {
    const threadId = await makeThread();
    const [profile, tabs] = [newId(), createTabGroup()];
    const first = await world.openClient(alice, { profile, tabs });
    await synced(first);
    const second = await world.openClient(alice, { profile, tabs });
    const third = await world.openClient(alice, { profile, tabs });
    third.engine.open(receiptsScope(threadId));
    await shows(third, threadId, 1);
    first.engine.stop();
    await vi.waitFor(() => expect(second.leads()).toBe(true));
    await bobReads(threadId, 2);
    await shows(third, threadId, 2);
  });

  test('rests when the other tab that had it open closes it, or goes', async () => {
    const threadId = await makeThread();
    const { asked, server: listen } = listening();
    const [profile, tabs] = [newId(), createTabGroup()];
    const first = await world.openClient(alice, { profile, tabs, server: listen });
    await synced(first);
    const [second, third] = [
      await world.openClient(alice, { profile, tabs }),
      await world.openClient(alice, { profile, tabs }),
    ];
    const close = second.engine.open(receiptsScope(threadId));
    third.engine.open(receiptsScope(threadId));
    await shows(third, threadId, 1);
    close();
    await bobReads(threadId, 2);
    await shows(third, threadId, 2);
    third.engine.stop();
    await settled(first, threadId);
    asked.length = 0;
    first.network.setOnline(false);
    first.network.setOnline(true);
    await vi.waitFor(() => expect(first.engine.status().connection.state).toBe('live'));
    await settled(first, threadId);
    expect(asked).toEqual([]);
  });

  test('holds up no act that makes it: a thread just started settles though nobody looks at its receipts', async () => {
    const client = await world.openClient(alice);
    await synced(client);
    const threadId = newId();
    const args = { threadId, orgId: orgs.acme, subject: 'Another', participantIds: [bob] };
    await (
      await client.engine.mutate('createThread', args)
    ).saved;
    await drained(client);
    expect(client.engine.row(threadScope(threadId), 'thread', threadId)?.pending).toEqual([]);
  });

  test('goes with the membership, from memory and disk', async () => {
    const threadId = await makeThread();
    const profile = newId();
    const client = await world.openClient(bob, { profile });
    await synced(client);
    client.engine.open(receiptsScope(threadId));
    await shows(client, threadId, 1);
    const remove = { threadId, messageId: newId(), personId: bob };
    await new TestClient(server, alice).do('removeParticipant', remove);
    await shows(client, threadId, undefined);
    await vi.waitFor(() => expect(client.engine.row(threadScope(threadId), 'thread', threadId)).toBeUndefined());
    client.engine.stop();
    const again = await world.openClient(bob, { profile, online: false });
    expect(await again.engine.read(receiptsScope(threadId), 'receipt', bob)).toBeUndefined();
  });
});

test('[RCPT5] whoever switches receipts off holds none of others, and gets them back by switching them on', async () => {
  const threadId = await makeThread();
  const profile = newId();
  const client = await world.openClient(alice, { profile });
  await synced(client);
  client.engine.open(receiptsScope(threadId));
  await shows(client, threadId, 1);
  await (
    await client.engine.mutate('changeSettings', { receipts: false })
  ).saved;
  await drained(client);
  await shows(client, threadId, undefined);
  await vi.waitFor(async () =>
    expect(await client.engine.read(receiptsScope(threadId), 'receipt', bob)).toBeUndefined(),
  );
  await (
    await client.engine.mutate('changeSettings', { receipts: true })
  ).saved;
  await shows(client, threadId, 1);
  expect(client.engine.row(userScope(alice), 'settings', alice)?.data.receipts).toBe(true);
});
