import { beforeEach, describe, expect, test } from 'vitest';
import { shortNotice } from './notices.ts';
import { threadScope } from './scopes.ts';
import { renameThread, resolveThread } from './thread-heads.ts';
import { acmeWorld, newId, people, threadId, type World } from './world.fixture.ts';

let world: World;
beforeEach(() => {
  world = acmeWorld();
});

const head = () => world.get('thread', threadScope(threadId), threadId);
const notices = () => world.all('message').map(({ notice }) => notice);
const resolve = (resolved: boolean, personId = people.bob) =>
  world.act(personId, resolveThread, { threadId, messageId: newId(), resolved });

describe('a thread', () => {
  test('is resolved and reopened by anybody in it, who is named', async () => {
    await resolve(true);
    expect(head()).toMatchObject({ resolved: { by: people.bob, at: 1_000 } });
    await resolve(false, people.gus);
    expect(head()?.resolved).toBeNull();
    expect(notices()).toEqual([
      { type: 'resolved', by: people.bob },
      { type: 'reopened', by: people.gus },
    ]);
    expect(head()?.lastMessage?.notice).toEqual({ type: 'reopened', by: people.gus });
  });

  test('is resolved once, whoever was first', async () => {
    await resolve(true);
    await resolve(true, people.alice);
    expect(head()?.resolved?.by).toBe(people.bob);
    expect(notices()).toHaveLength(1);
  });

  test('says its new subject, unless it is the old one', async () => {
    await world.act(people.bob, renameThread, { threadId, messageId: newId(), subject: '  Better   plans ' });
    await world.act(people.bob, renameThread, { threadId, messageId: newId(), subject: 'Better plans' });
    expect(head()?.subject).toBe('Better plans');
    expect(notices()).toEqual([{ type: 'renamed', by: people.bob, subject: 'Better plans' }]);
  });

  test('is renamed in silence by devices that name no message', async () => {
    await world.act(people.bob, renameThread, { threadId, subject: 'Better plans' });
    expect(head()?.subject).toBe('Better plans');
    expect(notices()).toEqual([]);
  });

  test('is nothing to those outside', async () => {
    await expect(resolve(true, people.dave)).rejects.toMatchObject({ code: 'not_found' });
    expect(head()?.resolved).toBeNull();
  });
});

test('a notice in the head of a thread names a few people and counts the others', () => {
  const personIds = ['a', 'b', 'c', 'd', 'e', 'f'];
  expect(shortNotice({ type: 'added', by: 'x', personIds })).toEqual({
    type: 'added',
    by: 'x',
    personIds: ['a', 'b', 'c', 'd'],
    more: 2,
  });
  expect(shortNotice({ type: 'added', by: 'x', personIds: ['a'] })).toEqual({
    type: 'added',
    by: 'x',
    personIds: ['a'],
  });
});
