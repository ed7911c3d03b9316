import { beforeEach, describe, expect, test } from 'vitest';
import { sendMessage } from './messages.ts';
import { threadScope, userScope } from './scopes.ts';
import { changeThreadSetting } from './change-thread-setting.ts';
import { isArchived, usualSetting, type ThreadSettingRow } from './thread-settings.ts';
import { acmeWorld, newId, people, threadId, type World } from './world.fixture.ts';

let world: World;
beforeEach(async () => {
  world = acmeWorld();
  await world.act(people.bob, sendMessage, { threadId, messageId: newId(), text: 'one' });
});

const change = (settings: object, personId = people.alice) =>
  world.act(personId, changeThreadSetting, { threadId, ...settings });
const setting = () => world.get('threadSetting', userScope(people.alice), threadId);
const archived = () => {
  const thread = world.get('thread', threadScope(threadId), threadId);
  return thread !== undefined && isArchived(setting() ?? usualSetting, thread);
};

describe('the settings of a thread', () => {
  test('change one by one, so that two devices do not undo each other', async () => {
    await change({ level: 'mentions' });
    await change({ pinned: true });
    world.now = 2_000;
    await change({ pinned: true });
    expect(setting()).toEqual({ level: 'mentions', archivedSeq: null, pinnedAt: 1_000 } satisfies ThreadSettingRow);
    await change({ pinned: false, level: 'all' });
    expect(setting()).toEqual(usualSetting);
  });

  test('are the person’s own', async () => {
    await change({ level: 'nothing' });
    expect(world.all('threadSetting')).toHaveLength(1);
    await expect(change({ level: 'nothing' }, people.dave)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('write nothing where nothing changes', async () => {
    await change({ level: 'all', archivedSeq: null, pinned: false });
    expect(setting()).toBeUndefined();
  });

  test('refuse what is no setting', () => {
    expect(() => changeThreadSetting.args.parse({ threadId, level: 'loud' })).toThrow();
    expect(() => changeThreadSetting.args.parse({ threadId, archivedSeq: -1 })).toThrow();
  });
});

describe('an archived thread', () => {
  test('comes back with the next message', async () => {
    await change({ archivedSeq: 1 });
    expect(archived()).toBe(true);
    await world.act(people.bob, sendMessage, { threadId, messageId: newId(), text: 'two' });
    expect(archived()).toBe(false);
  });

  test('comes back by itself where something new came that the person had not seen', async () => {
    await world.act(people.bob, sendMessage, { threadId, messageId: newId(), text: 'two' });
    await change({ archivedSeq: 1 });
    expect(archived()).toBe(false);
  });

  test('stays where it is while it is muted', async () => {
    await change({ archivedSeq: 1, level: 'nothing' });
    await world.act(people.bob, sendMessage, { threadId, messageId: newId(), text: 'two' });
    expect(archived()).toBe(true);
  });

  test('is never archived beyond what there is', async () => {
    await change({ archivedSeq: 1_000 });
    expect(setting()?.archivedSeq).toBe(1);
  });
});
