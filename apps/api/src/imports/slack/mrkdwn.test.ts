import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mrkdwnToMarkdown } from './mrkdwn.ts';

const context = {
  personId: (id: string) => `person-${id}`,
  personName: (id: string) => `Name ${id}`,
  channelName: (id: string) => (id === 'C1' ? 'general' : undefined),
};
const convert = (text: string) => mrkdwnToMarkdown(text, context);

describe('marks of Slack become marks of Markdown', () => {
  test.each([
    ['*bold* _italic_ ~struck~', '**bold** _italic_ ~~struck~~'],
    ['_*both*_ (*in brackets*) *two words*, done', '_**both**_ (**in brackets**) **two words**, done'],
    ['<@U1> and <@W2|wanda>', '<@person-U1> and <@person-W2>'],
    ['*<@U1>*', '**<@person-U1>**'],
    ['see <#C1> <#C9|other>', 'see #general #other'],
    ['<!here> <!channel|channel> <!everyone>', '@all @all @all'],
    ['<!subteam^S1|@devs> <!subteam^S2> <!date^1^{date}|14 Nov>', '@devs @group 14 Nov'],
    ['<https://a.example/x_y?a=1&amp;b=2>', '<https://a.example/x_y?a=1&b=2>'],
    ['<http://a.example|a.example>', '[a.example](http://a.example)'],
    ['<https://a.example/f(1)|a [label]*>', '[a \\[label\\]\\*](<https://a.example/f(1)>)'],
    ['<mailto:a@b.example|a@b.example>', '<a@b.example>'],
    ['&lt;3 a &amp; b &gt; c', '<3 a & b > c'],
    ['&gt; quoted\nanswer', '> quoted\n\nanswer'],
    ['first\n&gt;&gt;&gt; all\nthe rest', 'first\n> all\n> the rest'],
    ['well :+1::skin-tone-3: :tada:', 'well 👍🏼 🎉'],
    ['a\r\nb', 'a\nb'],
  ])('%j → %j', (slack, markdown) => {
    expect(convert(slack)).toBe(markdown);
  });
});

describe('code is left as it was', () => {
  test.each([
    ['`a*b*c &lt;x&gt; :+1:`', '`a*b*c <x> :+1:`'],
    ['see ```(define *x* 1)\n  `(a ,b)``` there', 'see\n```\n(define *x* 1)\n  `(a ,b)\n```\nthere'],
    ['```\n<https://a.example> <@U1> <#C1>\n```', '```\nhttps://a.example @Name U1 #general\n```'],
    ['&gt;&gt;&gt; so\n```code```', '> so\n> ```\n> code\n> ```'],
  ])('%j → %j', (slack, markdown) => {
    expect(convert(slack)).toBe(markdown);
  });
});

describe('what only Markdown takes for a mark is escaped', () => {
  test.each([
    ['a*b*c', 'a\\*b*c'],
    ['2 * 3 * 4, let* x*', '2 * 3 * 4, let* x*'],
    ['*not closed\non the next line*', '\\*not closed\non the next line*'],
    ['__init__ of snake_case_name', '\\_\\_init\\__ of snake_case_name'],
    ['# not a heading\n#lang racket', '\\# not a heading\n#lang racket'],
    ['title\n---\n===', 'title\n\\---\n\\==='],
    ['&lt;script&gt;alert(1)&lt;/script&gt;', '\\<script>alert(1)\\</script>'],
    ['&lt;@U1&gt;', '<\\@U1>'],
    ['&amp;lt; &amp;copy;', '\\&lt; \\&copy;'],
    ['[a](b) and [x]: y', '\\[a](b) and \\[x]: y'],
    ['\\*  \\n', '\\\\*  \\n'],
    ['a ` alone', 'a \\` alone'],
    ['    indented', '\u00a0\u00a0\u00a0\u00a0indented'],
    ['main.rkt:100:5', 'main.rkt:100:5'],
    ['<javascript:alert(1)|click>', 'click (javascript:alert(1))'],
    ['a:b:c 10:30:00 :own_picture:', 'a:b:c 10:30:00 :own_picture:'],
  ])('%j → %j', (slack, markdown) => {
    expect(convert(slack)).toBe(markdown);
  });
});

test('any text comes out well-formed, without control marks, and no words are lost', () => {
  const pieces = fc.constantFrom(
    '*',
    '_',
    '~',
    '`',
    '```',
    '<',
    '>',
    '&lt;',
    '|',
    ':',
    '\n',
    ' ',
    '\\',
    '\0',
    '\u0001',
    '[',
    '](',
    '#',
    '@U1',
    '!here',
    'word',
    'ünï',
    '\ud800',
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
      const markdown = convert(parts.join(''));
      expect(markdown.isWellFormed()).toBe(true);
      // oxlint-disable-next-line no-control-regex -- the marks used inside must not come out
      expect(markdown).not.toMatch(/[\u0000-\u0003]/);
      const words = (text: string) => text.match(/word|ünï/g)?.length ?? 0;
      expect(words(markdown)).toBe(words(parts.join('').replace(/[\u0000-\u0003]/g, '')));
    }),
    { numRuns: 500 },
  );
});

test.each(['*', '_', '[', '`', '-', '<', '&', ':', '> ', '\\', '```', '~', ' \n'])(
  'a long run of %j does not hang',
  (sign) => {
    expect(convert(`${sign.repeat(40_000)}\nthe end`)).toMatch(/the end$/);
  },
);
