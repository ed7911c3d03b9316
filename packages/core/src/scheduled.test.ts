import { beforeEach, expect, test } from 'vitest';
import { removeParticipant } from './participants.ts';
import { cancelScheduled, changeScheduled, scheduleMessage, sendScheduled } from './scheduled.ts';
import { userScope } from './scopes.ts';
import { acmeWorld, newId, people, threadId, type World } from './world.fixture.ts';

const dueAt = Date.UTC(2026, 10, 23, 9);
let world: World;
let messageId: string;
beforeEach(async () => {
  world = acmeWorld();
  messageId = newId();
  await world.act(people.bob, scheduleMessage, { threadId, messageId, text: 'Later', replyTo: null, dueAt });
});

const row = () => world.get('scheduled', userScope(people.bob), messageId);
const one = () => ({ threadId, messageId });
const notThere = { code: 'not_found' };

test('waits among the author’s own rows, and nobody else can reach it', async () => {
  expect(row()).toMatchObject({ threadId, text: 'Later', dueAt, createdAt: 1_000, failure: null });
  expect(world.all('message')).toEqual([]);
  const change = { ...one(), text: 'Mine', dueAt };
  await expect(world.act(people.alice, sendScheduled, one())).rejects.toMatchObject(notThere);
  await expect(world.act(people.alice, changeScheduled, change)).rejects.toMatchObject(notThere);
  await expect(world.act(people.alice, cancelScheduled, one())).rejects.toMatchObject(notThere);
});

test('becomes a message of its author with the same id, once', async () => {
  await world.act(people.bob, changeScheduled, { ...one(), text: 'Later still', dueAt: dueAt + 1 });
  await world.act(people.bob, sendScheduled, one());
  expect(row()).toBeUndefined();
  expect(world.all('message')).toMatchObject([{ authorId: people.bob, text: 'Later still' }]);
  await expect(world.act(people.bob, sendScheduled, one())).rejects.toMatchObject(notThere);
  expect(world.jobs.filter(({ kind }) => kind === 'message.sent')).toHaveLength(1);
});

test('is not sent, scheduled or changed by somebody who left, who can still take it back', async () => {
  await world.act(people.bob, removeParticipant, { threadId, messageId: newId(), personId: people.bob });
  const again = { threadId, messageId: newId(), text: 'More', replyTo: null, dueAt };
  const change = { ...one(), text: 'Other', dueAt };
  await expect(world.act(people.bob, sendScheduled, one())).rejects.toMatchObject(notThere);
  await expect(world.act(people.bob, changeScheduled, change)).rejects.toMatchObject(notThere);
  await expect(world.act(people.bob, scheduleMessage, again)).rejects.toMatchObject(notThere);
  expect(row()).toMatchObject({ text: 'Later' });
  await world.act(people.bob, cancelScheduled, one());
  expect(row()).toBeUndefined();
});

test('ends the draft that it was, and is refused a second time', async () => {
  const draft = { rootId: null, generation: 0 };
  const other = newId();
  const args = { threadId, messageId: other, text: 'Draft', replyTo: null, dueAt, draft };
  await world.act(people.bob, scheduleMessage, args);
  expect(world.get('draft', userScope(people.bob), threadId)).toMatchObject({ generation: 1, text: '' });
  await expect(world.act(people.bob, scheduleMessage, args)).rejects.toMatchObject({ code: 'id_taken' });
});

test('a failed one is tried again once it was changed', async () => {
  const failure = { code: 'reply_gone', message: 'Gone.', at: 1 };
  const before = row();
  if (!before) throw new Error('It was not scheduled.');
  world.put('scheduled', userScope(people.bob), messageId, { ...before, failure });
  await world.act(people.bob, changeScheduled, { ...one(), text: 'Later', dueAt });
  expect(row()?.failure).toBeNull();
});
