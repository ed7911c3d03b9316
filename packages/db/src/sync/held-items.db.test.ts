/** Items that can be taken back: rules [HOLD1] and on of packages/sync/SPEC.md. */
import { threadScope } from '@parley/core/scopes';
import { createTabGroup } from '@parley/sync/testing';
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

/** Longer than any test waits; a client without patience ends it after 50 ms. */
const LONG = 59_000;
const patience = 60_000;

const say = async ({ engine }: Client, threadId: string, text: string, holdMs = 0) => {
  const { id, saved } = await engine.mutate('sendMessage', { threadId, messageId: newId(), text }, { holdMs });
  await saved;
  return id;
};
const sayHeld = (client: Client, threadId: string, text: string) => say(client, threadId, text, LONG);

/** What the server has. */
async function sent(threadId: string): Promise<string[]> {
  const [answer] = await new TestClient(world.server, people.alice).pull({
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

async function openAlice(options: Parameters<EngineWorld['openClient']>[1] = {}) {
  const threadId = await startThread(world.server, [people.bob]);
  const alice = await world.openClient(people.alice, { patience, ...options });
  await synced(alice);
  alice.engine.open(threadScope(threadId));
  return { alice, threadId };
}

test('[HOLD1] [HOLD5] a held item shows at once, and what is done later goes first', async () => {
  const { alice, threadId } = await openAlice();
  const held = await sayHeld(alice, threadId, 'held');
  expect(alice.texts(threadId)).toEqual(['held']);
  await say(alice, threadId, 'later');
  await vi.waitFor(async () => expect(await sent(threadId)).toEqual(['later']));
  const waiting = { id: held, state: 'waiting', heldUntil: expect.any(Number) as number };
  await vi.waitFor(() => expect(alice.engine.items()).toMatchObject([waiting]));

  await alice.engine.sendNow(held);
  await drained(alice);
  expect(await sent(threadId)).toEqual(['later', 'held']);
  expect(alice.texts(threadId)).toEqual(['later', 'held']);
});

test('[HOLD2] it goes out by itself after a restart, once, also when the clock was set back by a year', async () => {
  const { alice, threadId } = await openAlice({ profile: 'hold-restart' });
  await say(alice, threadId, 'held', 366 * 24 * 60 * 60 * 1000);
  alice.engine.stop();
  const again = await world.openClient(people.alice, { profile: 'hold-restart' });
  await drained(again);
  expect(await sent(threadId)).toEqual(['held']);
});

test('[HOLD3] what is taken back is kept until it is discarded, and never sent', async () => {
  const { alice, threadId } = await openAlice({ profile: 'hold-withdraw' });
  const held = await sayHeld(alice, threadId, 'on second thoughts');
  expect(await alice.engine.withdraw(held)).toBe(true);
  expect(await alice.engine.withdraw(held)).toBe(false);
  const kept = { id: held, state: 'failed', code: 'withdrawn', args: { text: 'on second thoughts' } };
  expect(alice.engine.items()).toMatchObject([kept]);
  alice.engine.stop();

  const again = await world.openClient(people.alice, { profile: 'hold-withdraw' });
  await synced(again);
  expect(again.engine.items()).toMatchObject([kept]);
  await again.engine.discard(held);
  await say(again, threadId, 'better');
  await drained(again);
  expect(await sent(threadId)).toEqual(['better']);
});

test('[HOLD3] it is too late once the item has its place', async () => {
  const { alice, threadId } = await openAlice();
  alice.network.setOnline(false);
  const held = await sayHeld(alice, threadId, 'gone');
  await alice.engine.sendNow(held);
  expect(await alice.engine.withdraw(held)).toBe(false);
  alice.network.setOnline(true);
  await drained(alice);
  expect(await sent(threadId)).toEqual(['gone']);
});

test('[HOLD3] two tabs that take back and send at once agree on one of both', async () => {
  const tabs = createTabGroup();
  const { alice, threadId } = await openAlice({ profile: 'hold-tabs', tabs });
  const other = await world.openClient(people.alice, { profile: 'hold-tabs', tabs, patience });
  for (let round = 0; round < 10; round += 1) {
    const held = await sayHeld(alice, threadId, `round ${round}`);
    const [withdrawn] = await Promise.all([other.engine.withdraw(held), alice.engine.sendNow(held)]);
    if (withdrawn) await other.engine.discard(held);
    await Promise.all([drained(alice), drained(other)]);
    expect((await sent(threadId)).includes(`round ${round}`)).toBe(!withdrawn);
  }
});

test('[HOLD4] several are held at once and go out in their order; a discarded one leaves no gap', async () => {
  const { alice, threadId } = await openAlice({ profile: 'hold-several' });
  await sayHeld(alice, threadId, 'one');
  const two = await sayHeld(alice, threadId, 'two');
  await sayHeld(alice, threadId, 'three');
  await alice.engine.discard(two);
  expect(alice.texts(threadId)).toEqual(['one', 'three']);
  alice.engine.stop();
  const again = await world.openClient(people.alice, { profile: 'hold-several' });
  await drained(again);
  expect(await sent(threadId)).toEqual(['one', 'three']);
  await say(again, threadId, 'four');
  await drained(again);
  expect(await sent(threadId)).toEqual(['one', 'three', 'four']);
});
