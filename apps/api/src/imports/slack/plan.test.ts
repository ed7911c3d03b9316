import { MESSAGE_LENGTH } from '@parley/core/text';
import { expect, test } from 'vitest';
import type { SlackExport } from './export.ts';
import type { SlackMessage } from './export-schemas.ts';
import { planImport } from './plan.ts';

const ACME = '0198f000-0000-7000-8000-00000000ac3e';
const GLOBEX = '0198f000-0000-7000-8000-000000910be8';

function plan(messages: readonly Partial<SlackMessage>[], orgId = ACME) {
  const slackExport: SlackExport = {
    teamId: 'T0ACME',
    users: [{ id: 'U0ALICE', name: 'alice' }],
    channels: [
      {
        channel: { id: 'C0GENERAL', name: 'general' },
        kind: 'public',
        messages: messages.map((message) => ({
          type: 'message',
          user: 'U0ALICE',
          text: 'hi',
          ts: '1700000000.000100',
          ...message,
        })),
      },
    ],
    filesLeftOut: {},
    filesRead: 1,
  };
  const planned = planImport(slackExport, { orgId, withDirectMessages: false });
  return { ...planned, messages: planned.threads[0]?.messages ?? [] };
}

test('messages are in the order of their microseconds, whatever the order of the files', () => {
  const { messages } = plan([
    { text: 'third', ts: '1700000001.000002' },
    { text: 'first', ts: '1700000000.9' },
    { text: 'second', ts: '1700000001.000001' },
  ]);
  expect(messages.map(({ text, createdAt }) => [text, createdAt])).toEqual([
    ['first', 1_700_000_000_900],
    ['second', 1_700_000_001_000],
    ['third', 1_700_000_001_000],
  ]);
});

test('ids are the same in every run, sort by time and are valid UUIDs; another organisation has its own', () => {
  const sent = [{ ts: '1700000001.000001' }, { ts: '1700000002.000001' }];
  const ids = plan(sent).messages.map(({ id }) => id);
  expect(plan(sent).messages.map(({ id }) => id)).toEqual(ids);
  expect(ids.toSorted()).toEqual(ids);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(plan(sent, GLOBEX).messages.map(({ id }) => id)).not.toEqual(ids);
});

test('a reply to a reply hangs on the first message; a circle hangs on nothing', () => {
  const { messages } = plan([
    { ts: '1700000001.000001', thread_ts: '1700000001.000001' },
    { ts: '1700000002.000001', thread_ts: '1700000001.000001' },
    { ts: '1700000003.000001', thread_ts: '1700000002.000001' },
    { ts: '1700000004.000001', thread_ts: '1700000005.000001' },
    { ts: '1700000005.000001', thread_ts: '1700000004.000001' },
  ]);
  const root = messages[0]?.id;
  expect(messages.map(({ replyTo }) => replyTo)).toEqual([null, root, root, null, null]);
});

test('a message that stands twice is taken once', () => {
  const { messages, counts } = plan([{ text: 'once' }, { text: 'once' }]);
  expect(messages).toHaveLength(1);
  expect(counts.messagesLeftOut).toEqual({ duplicate: 1 });
});

test('a message that is too long for one becomes several, with its reactions on the first', () => {
  const { messages, counts } = plan([
    { text: `${'word '.repeat(5000)}`, reactions: [{ name: 'eyes', users: ['U0ALICE'] }] },
  ]);
  expect(messages.map(({ isContinuation, reactions }) => [isContinuation, Object.keys(reactions)])).toEqual([
    [false, ['👀']],
    [true, []],
  ]);
  for (const { text } of messages) expect(text.length).toBeLessThanOrEqual(MESSAGE_LENGTH);
  expect(counts).toMatchObject({ messagesRead: 1, messagesSplit: 1 });
});

test('the same emoji under two names counts each person once; a fifty-first kind is left out', () => {
  const kinds = Array.from({ length: 51 }, (_, index) => ({ name: `own-${index}`, users: ['U0ALICE'] }));
  const both = [
    { name: '+1', users: ['U0ALICE'] },
    { name: 'thumbsup', users: ['U0ALICE'] },
    { name: 'x'.repeat(40), users: ['U0ALICE'] },
  ];
  expect(plan([{ reactions: both }]).counts).toMatchObject({
    reactionsRead: 3,
    reactionsLeftOut: { same_twice: 1, custom_emoji: 1 },
  });
  expect(plan([{ reactions: kinds }]).counts.reactionsLeftOut).toEqual({ too_many_on_one_message: 1 });
});

test('an unforeseen subtype is taken for a message', () => {
  expect(plan([{ subtype: 'brand_new_thing', text: 'words' }]).messages).toMatchObject([{ text: 'words' }]);
});
