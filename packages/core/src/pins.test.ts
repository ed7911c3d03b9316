import { beforeEach, describe, expect, test } from 'vitest';
import { deleteMessage, editMessage, sendMessage } from './messages.ts';
import { PINS, pinMessage } from './pins.ts';
import { threadScope } from './scopes.ts';
import { acmeWorld, newId, people, threadId, type World } from './world.fixture.ts';

let world: World;
beforeEach(() => {
  world = acmeWorld();
});

async function said(text: string): Promise<string> {
  const messageId = newId();
  await world.act(people.bob, sendMessage, { threadId, messageId, text });
  return messageId;
}
const pin = (messageId: string, on = true, personId = people.alice) =>
  world.act(personId, pinMessage, { threadId, messageId, on });
const pins = () => world.get('pins', threadScope(threadId), threadId)?.pins ?? [];

describe('pins of a thread', () => {
  test('say who pinned what, the newest first, and once', async () => {
    const [one, two] = [await said('One'), await said('Two')];
    await pin(one);
    await pin(two, true, people.gus);
    await pin(one, true, people.bob);
    expect(pins()).toMatchObject([
      { messageId: two, by: people.gus, authorId: people.bob, snippet: 'Two' },
      { messageId: one, by: people.alice, authorId: people.bob, snippet: 'One' },
    ]);
    await pin(two, false, people.bob);
    expect(pins()).toMatchObject([{ messageId: one }]);
  });

  test('follow an edit, and go with a deleted message', async () => {
    const messageId = await said('Wrong');
    await pin(messageId);
    await world.act(people.bob, editMessage, { threadId, messageId, text: 'Right' });
    expect(pins()).toMatchObject([{ snippet: 'Right' }]);
    await world.act(people.bob, deleteMessage, { threadId, messageId });
    expect(pins()).toEqual([]);
  });

  test('are refused to strangers, for what is not there, and beyond what a list can hold', async () => {
    const messageId = await said('One');
    await expect(pin(messageId, true, people.dave)).rejects.toMatchObject({ code: 'not_found' });
    await expect(pin(newId())).rejects.toMatchObject({ code: 'not_found' });
    for (let n = 0; n < PINS; n += 1) await pin(await said(`Pinned ${n}`));
    await expect(pin(messageId)).rejects.toMatchObject({ code: 'too_many' });
  });
});
