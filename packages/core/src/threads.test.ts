import { beforeEach, describe, expect, test } from 'vitest';
import { sendMessage } from './messages.ts';
import { userScope } from './scopes.ts';
import { markRead, markUnread } from './threads.ts';
import { acmeWorld, newId, people, threadId, type World } from './world.fixture.ts';

let world: World;
beforeEach(async () => {
  world = acmeWorld();
  for (const text of ['one', 'two', 'three']) {
    await world.act(people.bob, sendMessage, { threadId, messageId: newId(), text });
  }
});

const read = (seq: number, markEpoch = 0) => world.act(people.alice, markRead, { threadId, seq, markEpoch });
const unread = (seq: number, markEpoch: number) => world.act(people.alice, markUnread, { threadId, seq, markEpoch });
const position = () => world.get('readPosition', userScope(people.alice), threadId);

describe('the read position', () => {
  test('goes back to just before a place, into a new epoch', async () => {
    await read(3);
    await unread(2, 1);
    expect(position()).toEqual({ seq: 1, noteSeq: 0, markEpoch: 1 });
  });

  test('is not moved by what another device had seen before', async () => {
    await read(2);
    await unread(1, 1);
    await read(3, 0);
    expect(position()).toMatchObject({ seq: 0, markEpoch: 1 });
    await read(3, 1);
    expect(position()).toMatchObject({ seq: 3, markEpoch: 1 });
  });

  test('of two devices that mark unread, the later one decides; reading after it counts', async () => {
    await read(3);
    await unread(3, 1);
    await unread(2, 1);
    expect(position()).toMatchObject({ seq: 1, markEpoch: 1 });
    await read(3, 1);
    expect(position()).toMatchObject({ seq: 3, markEpoch: 1 });
  });

  test('a late mark of an older epoch, and one of an epoch nobody began, do no harm', async () => {
    await read(3);
    await unread(3, 1);
    await unread(3, 2);
    await unread(1, 1);
    expect(position()).toMatchObject({ seq: 2, markEpoch: 2 });
    await unread(2, 40);
    expect(position()).toMatchObject({ seq: 1, markEpoch: 3 });
  });

  test('never goes forward by marking unread, and begins an epoch all the same', async () => {
    await read(1);
    await unread(3, 1);
    expect(position()).toMatchObject({ seq: 1, markEpoch: 1 });
  });

  test('is nobody else’s business', async () => {
    const args = { threadId, seq: 1, markEpoch: 1 };
    await expect(world.act(people.dave, markUnread, args)).rejects.toMatchObject({ code: 'not_found' });
    await unread(1, 1);
    expect(world.all('readPosition')).toHaveLength(1);
  });
});
