/** Drafts over the engines that ship: joined while they wait, merged where devices typed apart. */
import 'fake-indexeddb/auto';
import { DraftText } from '@parley/core/draft-text';
import type { DraftRow } from '@parley/core/drafts';
import { threadScope, userScope } from '@parley/core/scopes';
import { createDexieDisk } from '@parley/sync/adapters/dexie';
import { copyDatabase, createTabGroup, deleteDatabase, type DirectServer } from '@parley/sync/testing';
import { v7 as newId } from 'uuid';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { people, startThread, TestClient } from './acme.fixture.ts';
import { drained, openEngineWorld, synced, type Client, type EngineWorld } from './client-engine.fixture.ts';

let world: EngineWorld;
beforeAll(async () => {
  world = await openEngineWorld();
});
afterEach(() => world.stopClients());
afterAll(() => world.close());

const rowOf = ({ engine }: Client, threadId: string): DraftRow | undefined =>
  engine.row(userScope(people.alice), 'draft', threadId)?.data;

/** Types on this device, as the page does: from what it sees to this text. */
async function type(client: Client, threadId: string, text: string): Promise<void> {
  const row = rowOf(client, threadId);
  const draft = new DraftText(row?.updates ?? []);
  draft.edit(text);
  const typed = draft.typed();
  if (!typed) return;
  const { update, ...rest } = typed;
  const args = { threadId, rootId: null, generation: row?.generation ?? 0, updates: [update], text, ...rest };
  await (
    await client.engine.mutate('mergeDraft', args)
  ).saved;
}

const items = ({ engine }: Client) => engine.items().map(({ name, state }) => [name, state]);

test('[JOIN1] what is typed while nothing can be sent is one item, and goes out whole', async () => {
  const threadId = await startThread(world.server, []);
  const tabs = createTabGroup();
  const one = await world.openClient(people.alice, { profile: 'joins', tabs });
  await synced(one);
  const two = await world.openClient(people.alice, { profile: 'joins', tabs });
  await vi.waitFor(() => expect(two.engine.status().ready).toBe(true));
  one.network.setOnline(false);
  await type(one, threadId, 'one');
  await one.engine.mutate('renameThread', { threadId, subject: 'Renamed' });
  await vi.waitFor(() => expect(rowOf(two, threadId)?.text).toBe('one'));
  await type(two, threadId, 'one two');
  await vi.waitFor(() => expect(rowOf(one, threadId)?.text).toBe('one two'));
  await type(one, threadId, 'one two three');
  expect(rowOf(one, threadId)?.updates).toHaveLength(3);
  const waiting = [
    ['mergeDraft', 'waiting'],
    ['renameThread', 'waiting'],
  ];
  expect(items(one)).toEqual(waiting);
  expect(one.engine.status().waiting).toBe(1);
  await vi.waitFor(() => expect(items(two)).toEqual(waiting));
  await vi.waitFor(() => expect(rowOf(two, threadId)?.text).toBe('one two three'));

  one.network.setOnline(true);
  await drained(one);
  const fresh = await world.openClient(people.alice);
  await vi.waitFor(() => expect(rowOf(fresh, threadId)?.text).toBe('one two three'));
  expect(rowOf(fresh, threadId)?.updates).toHaveLength(1);
});

test('[JOIN1] survives a restart, and another tab that sends', async () => {
  const threadId = await startThread(world.server, []);
  const before = await world.openClient(people.alice, { profile: 'kept' });
  await synced(before);
  before.network.setOnline(false);
  await type(before, threadId, 'half');
  before.engine.stop();
  const after = await world.openClient(people.alice, { profile: 'kept', online: false });
  expect(rowOf(after, threadId)?.text).toBe('half');
  await type(after, threadId, 'half a thought');
  expect(items(after)).toEqual([['mergeDraft', 'waiting']]);
  after.network.setOnline(true);
  await drained(after);
  expect(rowOf(after, threadId)).toMatchObject({ text: 'half a thought', generation: 0 });
});

test('[JOIN2] what may have been sent stays as it is, and what follows goes out behind it', async () => {
  const threadId = await startThread(world.server, []);
  const pushed: string[][] = [];
  let isLost = true;
  const losing = (server: DirectServer): DirectServer => ({
    ...server,
    async push(request) {
      pushed.push(request.mutations.map(({ id }) => id));
      const answer = await server.push(request);
      if (isLost) throw new Error('The answer is lost.');
      return answer;
    },
  });
  const alice = await world.openClient(people.alice, { server: losing });
  await synced(alice);
  await type(alice, threadId, 'one');
  await vi.waitFor(() => expect(pushed.length).toBeGreaterThan(0));
  await type(alice, threadId, 'one two');
  expect(items(alice)).toHaveLength(2);
  await type(alice, threadId, 'one two three');
  await vi.waitFor(() => expect(items(alice).length).toBeLessThanOrEqual(3));
  isLost = false;
  await drained(alice);
  expect(new Set(pushed.flat()).size).toBeGreaterThan(1);
  expect(rowOf(alice, threadId)).toMatchObject({ text: 'one two three' });
});

test('[JOIN2] what was joined is not done once more where the answer was lost and the item has gone its way', async () => {
  const outbox = await createDexieDisk(newId(), newId).openOutbox(() => {});
  const act = (args: string) => ({ id: newId(), lane: 'drafts', name: 'mergeDraft', version: 1, args, at: 0 });
  const [first, second] = [act('one'), act(' two')];
  const join = (earlier: unknown) => `${String(earlier)} two`;
  await outbox.enqueue(first, null);
  expect(await outbox.enqueue(second, null, join)).toMatchObject({ id: first.id, args: 'one two' });
  expect(await outbox.enqueue(second, null, join)).toMatchObject({ id: first.id, args: 'one two' });
  await outbox.removeItems([first.id]);
  expect(await outbox.enqueue(second, null, join)).toBeUndefined();
  expect(await outbox.items()).toEqual([]);
  outbox.close();
});

test('what two devices typed without a network is all in the draft, and the common beginning once', async () => {
  const threadId = await startThread(world.server, []);
  const desk = await world.openClient(people.alice);
  await synced(desk);
  await type(desk, threadId, 'Dear all, thanks');
  await drained(desk);
  const phone = await world.openClient(people.alice);
  await synced(phone);
  await vi.waitFor(() => expect(rowOf(phone, threadId)?.text).toBe('Dear all, thanks'));
  for (const { network } of [desk, phone]) network.setOnline(false);
  await type(desk, threadId, 'Dear all, many thanks');
  await type(phone, threadId, 'Dear all, thanks, Alice');
  phone.network.setOnline(true);
  await drained(phone);
  desk.network.setOnline(true);
  await drained(desk);
  for (const client of [desk, phone]) {
    await vi.waitFor(() => expect(rowOf(client, threadId)?.text).toBe('Dear all, many thanks, Alice'));
  }
});

test('what was sent on one device is no draft any more on the other, which keeps only what it typed besides', async () => {
  const threadId = await startThread(world.server, []);
  const [desk, phone] = [await world.openClient(people.alice), await world.openClient(people.alice)];
  await Promise.all([synced(desk), synced(phone)]);
  await type(desk, threadId, 'Buy eggs');
  await drained(desk);
  await vi.waitFor(() => expect(rowOf(phone, threadId)?.text).toBe('Buy eggs'));
  phone.network.setOnline(false);
  await type(phone, threadId, 'Buy eggs and milk');
  const draft = { rootId: null, generation: 0 };
  await desk.engine.mutate('sendMessage', { threadId, messageId: newId(), text: 'Buy eggs', draft });
  expect(rowOf(desk, threadId)).toMatchObject({ text: '', generation: 1 });
  await drained(desk);
  phone.network.setOnline(true);
  await drained(phone);
  for (const client of [desk, phone]) {
    await vi.waitFor(() => expect(rowOf(client, threadId)).toMatchObject({ text: 'and milk', generation: 1 }));
  }
  desk.engine.open(threadScope(threadId));
  await vi.waitFor(() => expect(desk.texts(threadId)).toEqual(['Buy eggs']));
});

test.each(['lost', 'older'] as const)('[DRAFT2] what waits is whole where the cache is %s', async (state) => {
  const threadId = await startThread(world.server, []);
  const profile = newId();
  const [cache, kept] = [`parley-cache-2-${people.alice}-${profile}`, `kept-${profile}`];
  const before = await world.openClient(people.alice, { profile });
  await synced(before);
  await vi.waitFor(() => expect(before.engine.row(threadScope(threadId), 'thread', threadId)).toBeDefined());
  before.engine.stop();
  await copyDatabase(cache, kept);

  const desk = await world.openClient(people.alice, { profile });
  await type(desk, threadId, 'Half a thought');
  await drained(desk);
  desk.network.setOnline(false);
  await type(desk, threadId, 'Half a thought, and more');
  desk.engine.stop();
  await deleteDatabase(cache);
  if (state === 'older') await copyDatabase(kept, cache);

  const again = await world.openClient(people.alice, { profile, online: false });
  if (state === 'older') {
    const row = rowOf(again, threadId);
    expect(new DraftText(row?.updates ?? []).text).toBe(row?.text);
    await type(again, threadId, 'Half a thought, and more to come');
  }
  const phone = await world.openClient(people.alice);
  again.network.setOnline(true);
  await drained(again);
  for (const client of [again, phone]) {
    const text = state === 'older' ? 'Half a thought, and more to come' : 'Half a thought, and more';
    await vi.waitFor(() => expect(rowOf(client, threadId)?.text).toBe(text));
    expect(new DraftText(rowOf(client, threadId)?.updates ?? []).text).toBe(text);
  }
});

test('[JOIN3] somebody who was removed keeps what they typed', async () => {
  const threadId = await startThread(world.server, [people.bob]);
  const bob = await world.openClient(people.bob);
  await synced(bob);
  bob.network.setOnline(false);
  await type(bob, threadId, 'Before you go');
  const alice = new TestClient(world.server, people.alice);
  await alice.do('removeParticipant', { threadId, messageId: newId(), personId: people.bob });
  bob.network.setOnline(true);
  await vi.waitFor(() => expect(items(bob)).toEqual([['mergeDraft', 'failed']]));
  expect(bob.engine.status()).toMatchObject({ waiting: 0, failed: 1 });
  expect(bob.engine.items()[0]).toMatchObject({ code: 'not_found', args: { text: 'Before you go' } });
});
