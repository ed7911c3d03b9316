import { beforeEach, expect, test } from 'vitest';
import { sendMessage } from './messages.ts';
import { removeParticipant } from './participants.ts';
import { forgetSaved, saveMessage } from './saved.ts';
import { userScope } from './scopes.ts';
import { acmeWorld, newId, people, threadId, type World } from './world.fixture.ts';

let world: World;
let messageId: string;
beforeEach(async () => {
  world = acmeWorld();
  messageId = newId();
  await world.act(people.alice, sendMessage, { threadId, messageId, text: 'Keep this' });
});
const saved = () => world.get('saved', userScope(people.bob), messageId);

test('a saved message is a reference on the own list, without its words', async () => {
  await world.act(people.bob, saveMessage, { threadId, messageId });
  expect(saved()).toEqual({ threadId, place: 1, savedAt: world.now });
  world.now += 1;
  await world.act(people.bob, saveMessage, { threadId, messageId });
  expect(saved()?.savedAt).toBe(world.now - 1);
});

test('it can be taken off the list by somebody who may no longer read it', async () => {
  await world.act(people.bob, saveMessage, { threadId, messageId });
  await world.act(people.alice, removeParticipant, { threadId, messageId: newId(), personId: people.bob });
  await world.act(people.bob, forgetSaved, { threadId, messageId });
  expect(saved()).toBeUndefined();
  await expect(world.act(people.bob, forgetSaved, { threadId, messageId })).rejects.toMatchObject({
    code: 'not_found',
  });
});

test('strangers save nothing', async () => {
  await expect(world.act(people.dave, saveMessage, { threadId, messageId })).rejects.toMatchObject({
    code: 'not_found',
  });
});
