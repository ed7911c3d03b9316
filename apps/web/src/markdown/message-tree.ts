/**
 * The one way from what a person typed to what is drawn: Markdown → mdast → hast → a tree that holds nothing but the
 * elements, attributes and addresses of the schema. Raw HTML is not a construct here: it stays the text it was typed as.
 */
import type { Element, ElementContent, Root } from 'hast';
import { sanitize, type Schema } from 'hast-util-sanitize';
import type { Nodes, Root as MarkdownRoot } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmAutolinkLiteralFromMarkdown } from 'mdast-util-gfm-autolink-literal';
import { gfmStrikethroughFromMarkdown } from 'mdast-util-gfm-strikethrough';
import { gfmTableFromMarkdown } from 'mdast-util-gfm-table';
import { gfmTaskListItemFromMarkdown } from 'mdast-util-gfm-task-list-item';
import { toHast, type Handler } from 'mdast-util-to-hast';
import { gfmAutolinkLiteral } from 'micromark-extension-gfm-autolink-literal';
import { gfmStrikethrough } from 'micromark-extension-gfm-strikethrough';
import { gfmTable } from 'micromark-extension-gfm-table';
import { gfmTaskListItem } from 'micromark-extension-gfm-task-list-item';
import { Recent } from './recent.ts';

/** Levels of quotes and lists inside each other that are drawn; deeper text is shown as it was typed. */
const depthDrawn = 40;

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const mention = /<@([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})>/g;

const schema: Schema = {
  strip: ['script', 'style'],
  tagNames: [
    ...['p', 'br', 'em', 'strong', 'del', 'code', 'pre', 'blockquote', 'ul', 'ol', 'li', 'hr', 'a', 'span', 'input'],
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'table', 'thead', 'tbody', 'tr', 'th', 'td'],
  ],
  attributes: {
    a: ['href'],
    ol: ['start'],
    span: [['dataPerson', uuid]],
    th: [['align', 'left', 'right', 'center']],
    td: [['align', 'left', 'right', 'center']],
    input: ['checked', ['type', 'checkbox']],
  },
  required: { input: { type: 'checkbox' } },
  protocols: { href: ['http', 'https', 'mailto'] },
};

/** Addresses that leave this page for another place; everything else, relative ones too, is shown as plain text. */
const linkable = /^(?:https?:\/\/|mailto:)[^\s]/i;

/** Parses a message. Any text is a message: what is too deep for the pipeline comes back as it was typed. */
export function parseMessage(text: string): MarkdownRoot {
  try {
    if (!isShallow(text)) return asTyped(text);
    const tree = fromMarkdown(text, {
      extensions: [
        gfmAutolinkLiteral(),
        gfmStrikethrough({ singleTilde: false }),
        gfmTable(),
        gfmTaskListItem(),
        // A line of dashes under a sentence is not meant to make a heading of it.
        { disable: { null: ['htmlFlow', 'htmlText', 'setextUnderline'] } },
      ],
      mdastExtensions: [
        gfmAutolinkLiteralFromMarkdown(),
        gfmStrikethroughFromMarkdown(),
        gfmTableFromMarkdown(),
        gfmTaskListItemFromMarkdown(),
      ],
    });
    return depthOf(tree) > depthDrawn ? asTyped(text) : tree;
  } catch {
    return asTyped(text);
  }
}

/** A line that opens more containers than are drawn costs the parser time that grows with their square. */
function isShallow(text: string): boolean {
  return !/^(?:[ \t]*(?:>|[-+*][ \t]|\d{1,9}[.)][ \t])){40}/m.test(text) && !/(?:[[*_~]|!\[){200}/.test(text);
}

function depthOf(tree: Nodes): number {
  let deepest = 0;
  const open: [Nodes, number][] = [[tree, 0]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [node, depth] = next;
    if (depth > deepest) deepest = depth;
    if ('children' in node) for (const child of node.children) open.push([child, depth + 1]);
  }
  return deepest;
}

function asTyped(text: string): MarkdownRoot {
  return { type: 'root', children: [{ type: 'paragraph', children: [{ type: 'text', value: text }] }] };
}

const image: Handler = (_state, node: { url: string; alt?: string | null }) => linkTo(node.url, node.alt);

const imageReference: Handler = (state, node: { identifier: string; alt?: string | null }) => {
  const definition = state.definitionById.get(node.identifier.toUpperCase());
  return definition === undefined ? { type: 'text', value: node.alt ?? '' } : linkTo(definition.url, node.alt);
};

function linkTo(url: string, alt: string | null | undefined): Element {
  const words = alt === null || alt === undefined || alt.trim() === '' ? url : alt;
  return { type: 'element', tagName: 'a', properties: { href: url }, children: [{ type: 'text', value: words }] };
}

/** Text as it is drawn: line breaks where they were typed, and people where they were meant. */
const text: Handler = (_state, node: { value: string }) => drawnText(node.value);

function drawnText(value: string): ElementContent[] {
  const drawn: ElementContent[] = [];
  const lines = value.replace(/[ \t]*\r?\n[ \t]*/g, '\n').split('\n');
  lines.forEach((line, n) => {
    if (n > 0) drawn.push({ type: 'element', tagName: 'br', properties: {}, children: [] });
    let from = 0;
    for (const found of line.matchAll(mention)) {
      if (found.index > from) drawn.push({ type: 'text', value: line.slice(from, found.index) });
      drawn.push({ type: 'element', tagName: 'span', properties: { dataPerson: found[1] ?? '' }, children: [] });
      from = found.index + found[0].length;
    }
    if (from < line.length) drawn.push({ type: 'text', value: line.slice(from) });
  });
  return drawn;
}

function makeTree(source: string): Root {
  const drawn = toHast(parseMessage(source), { handlers: { image, imageReference, text } });
  const clean = sanitize(drawn, schema) as Root;
  tidy(clean);
  return clean;
}

/** Elements in which a line end between two children is only the layout of the source. */
const blocks = new Set(['blockquote', 'ul', 'ol', 'li', 'table', 'thead', 'tbody', 'tr']);

/** Takes away anchors that lead nowhere or inside this page, and anchors inside anchors; their words stay. */
function tidy(parent: Root | Element, linked = false): void {
  const isBlock = parent.type === 'root' || blocks.has(parent.tagName);
  parent.children = (parent.children as ElementContent[]).flatMap((child) => {
    if (child.type === 'text') return isBlock && child.value === '\n' ? [] : [child];
    if (child.type !== 'element') return [];
    const isLink = child.tagName === 'a';
    const good = isLink && !linked && linkable.test(String(child.properties['href'] ?? ''));
    tidy(child, linked || good);
    return isLink && !good ? child.children : [child];
  });
}

const trees = new Recent(600, makeTree);

/** The safe tree of a message, kept for the texts drawn last. Do not change it. */
export function messageTree(source: string): Root {
  return trees.get(source);
}

/** Mentions in a text of a parsed message, replaced by `name(id)`. */
export function nameMentions(value: string, name: (id: string) => string): string {
  return value.replace(mention, (_token, id: string) => name(id));
}
