/** Items that depend on others: rules [DEP1] and on of packages/sync/SPEC.md. */
import 'fake-indexeddb/auto';
import { changeOrganisation, organisationScopes } from '@parley/core/organisation-settings';
import type { ThreadStarters } from '@parley/core/organisations';
import type { MutatorArgs, MutatorName } from '@parley/core/mutators';
import { threadScope } from '@parley/core/scopes';
import { createDexieDisk } from '@parley/sync/adapters/dexie';
import type { WireMutation } from '@parley/sync/protocol';
import { createTabGroup, type DirectServer } from '@parley/sync/testing';
import { v7 as newId } from 'uuid';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { orgs, people, startThread, TestClient } from './acme.fixture.ts';
import { drained, openEngineWorld, synced, type Client, type EngineWorld } from './client-engine.fixture.ts';

let world: EngineWorld;
beforeAll(async () => {
  world = await openEngineWorld();
});
afterEach(async () => {
  world.stopClients();
  await letStart('members');
});
afterAll(() => world.close());

/** Longer than any test waits; a client without patience ends it after 50 ms. */
const LONG = 59_000;

/** Who may start threads: how an act that was allowed when it was done is refused when it arrives. */
const letStart = (threadStarters: ThreadStarters): Promise<void> =>
  world.server.act(people.alice, organisationScopes(orgs.acme), (tx) =>
    changeOrganisation(tx, orgs.acme, { threadStarters }),
  );

async function act<Name extends MutatorName>(client: Client, name: Name, args: MutatorArgs<Name>, holdMs = 0) {
  const { id, saved } = await client.engine.mutate(name, args, { holdMs });
  await saved;
  return id;
}
const start = (client: Client, threadId: string) =>
  act(client, 'createThread', { threadId, orgId: orgs.acme, subject: 'New', participantIds: [people.alice] });
const say = (client: Client, threadId: string, text: string, messageId = newId()) =>
  act(client, 'sendMessage', { threadId, messageId, text });

const stateOf = ({ engine }: Client, id: string) => {
  const item = engine.items().find((other) => other.id === id);
  return item && { state: item.state, code: item.code, waitsFor: item.waitsFor };
};
const inLine = { state: 'waiting', code: null, waitsFor: null };
const behind = (waitsFor: string) => ({ ...inLine, waitsFor });
const orphaned = { state: 'failed', code: 'orphaned', waitsFor: null };

/** Texts of a thread as the server has them. */
async function sent(threadId: string, personId = people.bob): Promise<string[]> {
  const [answer] = await new TestClient(world.server, personId).pull({
    scope: threadScope(threadId),
    from: null,
    epoch: null,
    window: 100,
  });
  const rows = answer && 'rows' in answer ? answer.rows : [];
  return rows
    .flatMap(([table, , , data]) => (table === 'message' ? [data as { seq: number; text: string }] : []))
    .toSorted((one, other) => one.seq - other.seq)
    .map(({ text }) => text);
}

/** What goes to the server, in the order of `lanes` where that is given. */
function recorder(lanes?: (lane: string) => number) {
  const pushed: WireMutation[] = [];
  const server = (reached: DirectServer): DirectServer => ({
    ...reached,
    push(request) {
      pushed.push(...request.mutations);
      const mutations = lanes
        ? request.mutations.toSorted((one, other) => lanes(one.lane) - lanes(other.lane))
        : request.mutations;
      return reached.push({ ...request, mutations });
    },
  });
  return { pushed, server };
}

async function openBob(options: Parameters<EngineWorld['openClient']>[1] = {}) {
  const old = await startThread(world.server, [people.bob]);
  const bob = await world.openClient(people.bob, options);
  await synced(bob);
  await vi.waitFor(() => expect(bob.engine.row(threadScope(old), 'thread', old)).toBeDefined());
  return { bob, old };
}

/** Starts a thread that the server refuses, says something in it, and forwards that into an old one. */
async function refusedThread(options: Parameters<EngineWorld['openClient']>[1] = {}) {
  const { bob, old } = await openBob(options);
  bob.network.setOnline(false);
  const [threadId, messageId] = [newId(), newId()];
  const thread = await start(bob, threadId);
  const one = await say(bob, threadId, 'one', messageId);
  const two = await say(bob, threadId, 'two');
  const copy = { threadId: old, messageId: newId(), fromThreadId: threadId, fromMessageId: messageId };
  const forwarded = await act(bob, 'forwardMessage', copy);
  await say(bob, old, 'independent');
  await letStart('admins');
  bob.network.setOnline(true);
  await vi.waitFor(() => expect(stateOf(bob, thread)).toMatchObject({ state: 'failed', code: 'forbidden' }));
  await vi.waitFor(() => expect(bob.engine.items()).toHaveLength(4));
  return { bob, old, threadId, messageId, thread, one, two, forwarded };
}

const mayStart = async ({ engine }: Client, threadStarters: ThreadStarters) => {
  await letStart(threadStarters);
  await vi.waitFor(() =>
    expect(engine.allRows('org').find(({ id }) => id === orgs.acme)?.data).toMatchObject({ threadStarters }),
  );
};

test('[DEP1] names what an item would be refused without, and is done in order whichever lane comes first', async () => {
  const [threadId, messageId] = [newId(), newId()];
  const { pushed, server } = recorder((lane) => (lane === threadScope(threadId) ? 1 : 0));
  const { bob, old } = await openBob({ server });
  bob.network.setOnline(false);
  const thread = await start(bob, threadId);
  const one = await say(bob, threadId, 'one', messageId);
  await act(bob, 'editMessage', { threadId, messageId, text: 'one, edited' });
  await say(bob, threadId, 'two');
  await act(bob, 'mergeDraft', {
    threadId: old,
    rootId: null,
    generation: 0,
    updates: ['AAA='],
    text: 'x',
    added: 'x',
  });
  const draft = { rootId: null, generation: 0 };
  await act(bob, 'sendMessage', { threadId: old, messageId: newId(), text: 'x', draft });
  const copy = { threadId: old, messageId: newId(), fromThreadId: threadId, fromMessageId: messageId };
  await act(bob, 'forwardMessage', copy);
  await say(bob, old, 'behind the forwarded one');
  bob.network.setOnline(true);
  await drained(bob);

  expect(pushed.slice(0, 8).map(({ name, after }) => [name, after?.toSorted()])).toEqual([
    ['createThread', undefined],
    ['sendMessage', [thread]],
    ['editMessage', [thread, one].toSorted()],
    ['sendMessage', [thread]],
    ['mergeDraft', undefined],
    // Its draft may be refused: the message is as good without.
    ['sendMessage', undefined],
    ['forwardMessage', [thread, one].toSorted()],
    ['sendMessage', undefined],
  ]);
  expect(await sent(threadId)).toEqual(['one, edited', 'two']);
  expect(await sent(old)).toEqual(['x', 'one, edited', 'behind the forwarded one']);

  const later = await say(bob, threadId, 'three');
  await drained(bob);
  expect(pushed.find(({ id }) => id === later)?.after).toBeUndefined();
});

test('[DEP2] [DEP3] what depends on a held item waits for it outside its lane', async () => {
  const { bob, old } = await openBob({ patience: LONG });
  const threadId = await startThread(world.server, [people.bob]);
  await vi.waitFor(() => expect(bob.engine.row(threadScope(threadId), 'thread', threadId)).toBeDefined());
  const messageId = newId();
  const held = await act(bob, 'sendMessage', { threadId, messageId, text: 'held' }, LONG);
  const edit = await act(bob, 'editMessage', { threadId, messageId, text: 'held, edited' });
  const copy = { threadId: old, messageId: newId(), fromThreadId: threadId, fromMessageId: messageId };
  const forwarded = await act(bob, 'forwardMessage', copy);
  await say(bob, old, 'later');
  await vi.waitFor(async () => expect(await sent(old)).toEqual(['later']));
  expect([stateOf(bob, edit), stateOf(bob, forwarded)]).toEqual([behind(held), behind(held)]);

  await bob.engine.sendNow(held);
  await drained(bob);
  expect(await sent(threadId)).toEqual(['held, edited']);
  expect(await sent(old)).toEqual(['later', 'held, edited']);

  const again = newId();
  const withdrawn = await act(bob, 'sendMessage', { threadId, messageId: again, text: 'held' }, LONG);
  const lost = await act(bob, 'editMessage', { threadId, messageId: again, text: 'held, edited' });
  await bob.engine.withdraw(withdrawn);
  expect(stateOf(bob, lost)).toEqual(behind(withdrawn));
  await bob.engine.discard(withdrawn);
  expect(stateOf(bob, lost)).toEqual(orphaned);
});

test('[DEP2] [DEP3] what depends on a refused item is not sent, and goes out behind it when that is retried', async () => {
  const { pushed, server } = recorder();
  const { bob, old, threadId, thread, one, two, forwarded } = await refusedThread({ server });
  for (const id of [one, two, forwarded]) expect(stateOf(bob, id)).toEqual(behind(thread));
  expect(bob.engine.status().failed).toBe(1);
  expect(await sent(old)).toEqual(['independent']);

  // Typed after the refusal: it has never been on its way.
  const three = await say(bob, threadId, 'three');
  expect(stateOf(bob, three)).toEqual(behind(thread));
  await say(bob, old, 'still going on');
  await vi.waitFor(async () => expect(await sent(old)).toEqual(['independent', 'still going on']));
  const times = (id: string) => pushed.filter((mutation) => mutation.id === id).length;
  expect([one, two, three, forwarded].map(times)).toEqual([1, 1, 0, 1]);

  // Refused once more: everything follows the new id, and stays.
  await mayStart(bob, 'members');
  bob.network.setOnline(false);
  await bob.engine.retry(thread);
  await letStart('admins');
  bob.network.setOnline(true);
  await vi.waitFor(() => expect(bob.engine.status()).toMatchObject({ failed: 1 }));
  const again = bob.engine.items().find(({ state }) => state === 'failed')?.id ?? '';
  await vi.waitFor(() =>
    expect([one, two, three, forwarded].map((id) => stateOf(bob, id)?.waitsFor)).toEqual(Array(4).fill(again)),
  );

  await mayStart(bob, 'members');
  await bob.engine.retry(again);
  await drained(bob);
  expect(await sent(threadId)).toEqual(['one', 'two', 'three']);
  expect(await sent(old)).toEqual(['independent', 'still going on', 'one']);
});

test('[DEP4] when the refused item is discarded, what waited for it stays with the person', async () => {
  const { bob, old, threadId, messageId, thread, one, two, forwarded } = await refusedThread();
  const edit = await act(bob, 'editMessage', { threadId, messageId, text: 'one, edited' });
  await act(bob, 'markRead', { threadId, seq: 0, markEpoch: 0 });
  await bob.engine.discard(thread);
  for (const id of [one, two, forwarded, edit]) expect(stateOf(bob, id)).toEqual(orphaned);
  expect(bob.engine.items()).toHaveLength(4);
  const texts = bob.engine.items().map(({ args }) => (args as { text?: string }).text);
  expect(texts).toEqual(expect.arrayContaining(['one', 'two', 'one, edited']));
  expect(bob.engine.status()).toMatchObject({ failed: 4, waiting: 0 });
  await expect(bob.engine.retry(one)).rejects.toMatchObject({ code: 'not_found' });
  expect(stateOf(bob, one)).toEqual(orphaned);

  for (const id of [one, two, forwarded, edit]) await bob.engine.discard(id);
  await say(bob, old, 'on it goes');
  await drained(bob);
  expect(await sent(old)).toEqual(['independent', 'on it goes']);
});

test('[DEP4] so it does when the item was never sent', async () => {
  const { bob, old } = await openBob();
  bob.network.setOnline(false);
  const threadId = newId();
  const thread = await start(bob, threadId);
  const one = await say(bob, threadId, 'one');
  await say(bob, old, 'independent');
  await bob.engine.discard(thread);
  expect(stateOf(bob, one)).toEqual(orphaned);
  bob.network.setOnline(true);
  await vi.waitFor(() => expect(bob.engine.items().map(({ id }) => id)).toEqual([one]));
  expect(await sent(old)).toEqual(['independent']);
  expect(await sent(threadId)).toEqual([]);
});

test('[DEP5] a restart, another tab that retries and a restored server change nothing of it', async () => {
  const tabs = createTabGroup();
  const before = await refusedThread({ profile: 'depends', tabs });
  const { old, threadId, thread, one, two, forwarded } = before;
  before.bob.engine.stop();

  const bob = await world.openClient(people.bob, { profile: 'depends', tabs });
  await synced(bob);
  const other = await world.openClient(people.bob, { profile: 'depends', tabs });
  for (const client of [bob, other]) {
    for (const id of [one, two, forwarded]) expect(stateOf(client, id)).toEqual(behind(thread));
    client.engine.open(threadScope(threadId));
  }
  world.restore();
  bob.network.setOnline(false);
  bob.network.setOnline(true);
  await mayStart(other, 'members');
  await say(other, old, 'after the restoration');
  await vi.waitFor(async () => expect(await sent(old)).toContain('after the restoration'));
  expect(stateOf(bob, one)).toEqual(behind(thread));

  bob.network.setOnline(false);
  await other.engine.retry(thread);
  await vi.waitFor(() => expect(stateOf(bob, one)).toEqual(inLine));
  expect(stateOf(bob, thread)).toBeUndefined();
  expect(bob.engine.row(threadScope(threadId), 'thread', threadId)?.data).toMatchObject({ subject: 'New' });
  expect(bob.engine.row(threadScope(threadId), 'thread', threadId)?.data.lastMessage?.snippet).toBe('two');
  for (const client of [bob, other]) expect(client.texts(threadId)).toEqual(['one', 'two']);
  bob.network.setOnline(true);
  await Promise.all([drained(bob), drained(other)]);
  expect(await sent(threadId)).toEqual(['one', 'two']);
  expect(await sent(old)).toEqual(['independent', 'after the restoration', 'one']);
});

test('[DEP5] what waits for an item that is nowhere to be found goes out', async () => {
  const threadId = await startThread(world.server, [people.bob]);
  const outbox = await createDexieDisk(`${people.bob}-stranded`, newId).openOutbox(() => {});
  const args = { threadId, messageId: newId(), text: 'stranded' };
  const made = { id: newId(), lane: threadScope(threadId), name: 'sendMessage', version: 1, args, at: 0 };
  const rest = { state: 'waiting' as const, effects: [], code: null, message: null };
  await outbox.restore([{ ...made, ...rest, order: 1, n: 0, after: [newId()] }], {});
  outbox.close();
  const bob = await world.openClient(people.bob, { profile: 'stranded' });
  await synced(bob);
  await drained(bob);
  expect(await sent(threadId)).toEqual(['stranded']);
});
