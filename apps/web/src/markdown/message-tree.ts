/**
 * The one way from what a person typed to what is drawn: Markdown → mdast → hast → a tree that holds nothing but the
 * elements, attributes and addresses of the schema. Raw HTML is not a construct here: it stays the text it was typed as.
 */
import type { Element, ElementContent, Root } from 'hast';
import { sanitize, type Schema } from 'hast-util-sanitize';
import { toHast, type Handler } from 'mdast-util-to-hast';
import { mentionToken } from './mention-tokens.ts';
import { parseMessage } from './parse-message.ts';
import { Recent } from './recent.ts';

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

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
    for (const found of line.matchAll(mentionToken)) {
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
    const good = isLink && !linked && linkable.test(child.properties['href'] ?? '');
    tidy(child, linked || good);
    return isLink && !good ? child.children : [child];
  });
}

const trees = new Recent(600, makeTree);

/** The safe tree of a message, kept for the texts drawn last. Do not change it. */
export function messageTree(source: string): Root {
  return trees.get(source);
}
