import { expect, test } from 'vitest';
import { messageToMarkdown, splitText } from './message-text.ts';
import type { SlackMessage } from './export-schemas.ts';
import { Tally } from './tally.ts';

const context = { personId: (id: string) => id, personName: (id: string) => id, channelName: () => undefined };

function convert(message: Partial<SlackMessage>) {
  const leftOut = { files: new Tally(), cards: new Tally() };
  const markdown = messageToMarkdown({ type: 'message', ts: '1700000000.000100', ...message }, context, leftOut);
  return { markdown, leftOut: { ...leftOut.files.toObject(), ...leftOut.cards.toObject() } };
}

test('files are named and counted', () => {
  expect(convert({ text: 'here', files: [{ name: 'a_b_.pdf' }, { title: 'Plan', name: 'x' }] })).toEqual({
    markdown: 'here\n\n📎 a\\_b\\_.pdf\n\n📎 Plan',
    leftOut: { bytes_not_in_export: 2 },
  });
});

test('the card of a bot is written out, a preview of a link is not', () => {
  const attachments = [
    { pretext: 'CI', title: 'Build', title_link: 'https://ci.example', text: '*ok*' },
    { fallback: 'only this' },
    { title: 'A page', from_url: 'https://a.example' },
  ];
  expect(convert({ attachments })).toEqual({
    markdown: 'CI\n[Build](https://ci.example)\n**ok**\n\nonly this',
    leftOut: { link_preview: 1 },
  });
});

test('what somebody does is in italics', () => {
  expect(convert({ subtype: 'me_message', text: 'waves' }).markdown).toBe('_waves_');
});

test('a text that fits is not cut', () => {
  expect(splitText('a'.repeat(100), 100)).toEqual(['a'.repeat(100)]);
});

test('a long text is cut at the end of a line, else of a word, never inside a character', () => {
  expect(splitText(`${'a'.repeat(70)}\n${'b'.repeat(60)}`, 100)).toEqual(['a'.repeat(70), 'b'.repeat(60)]);
  expect(splitText(`${'a'.repeat(70)} ${'b'.repeat(60)}`, 100)).toEqual(['a'.repeat(70), 'b'.repeat(60)]);
  const parts = splitText('😀'.repeat(500), 100);
  expect(parts.join('')).toBe('😀'.repeat(500));
  for (const part of parts) expect(part.isWellFormed() && part.length <= 100).toBe(true);
});

test('code that is cut is closed and opened again', () => {
  const code = `\`\`\`\n${'line\n'.repeat(40)}\`\`\``;
  for (const part of splitText(code, 100)) {
    expect(part.length).toBeLessThanOrEqual(100);
    expect(part).toMatch(/^```\n[^`]*\n```$/);
  }
});
