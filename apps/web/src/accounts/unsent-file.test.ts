import { expect, test } from 'vitest';
import { unsentText } from './unsent-file.ts';

test('keeps what was typed, when, why it failed, and every argument', () => {
  const file = unsentText([
    {
      id: '1',
      name: 'sendMessage',
      args: { threadId: 't', messageId: 'm', text: 'Grüße\n„morgen“ 🎈' },
      at: Date.UTC(2026, 10, 22, 9, 30),
      state: 'failed',
      message: 'You were removed from this thread.',
    },
    { id: '2', name: 'markRead', args: { threadId: 't', seq: 4 }, at: 0, state: 'waiting', message: null },
  ]);
  expect(JSON.parse(file)).toEqual([
    {
      what: 'Message',
      text: 'Grüße\n„morgen“ 🎈',
      written: '2026-11-22T09:30:00.000Z',
      refused: 'You were removed from this thread.',
      arguments: { threadId: 't', messageId: 'm', text: 'Grüße\n„morgen“ 🎈' },
    },
    { what: 'Read position', written: '1970-01-01T00:00:00.000Z', arguments: { threadId: 't', seq: 4 } },
  ]);
});
