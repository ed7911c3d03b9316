import type { Nodes, Root } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmAutolinkLiteralFromMarkdown } from 'mdast-util-gfm-autolink-literal';
import { gfmStrikethroughFromMarkdown } from 'mdast-util-gfm-strikethrough';
import { gfmTableFromMarkdown } from 'mdast-util-gfm-table';
import { gfmTaskListItemFromMarkdown } from 'mdast-util-gfm-task-list-item';
import { gfmAutolinkLiteral } from 'micromark-extension-gfm-autolink-literal';
import { gfmStrikethrough } from 'micromark-extension-gfm-strikethrough';
import { gfmTable } from 'micromark-extension-gfm-table';
import { gfmTaskListItem } from 'micromark-extension-gfm-task-list-item';

/** Levels of quotes and lists inside each other that are drawn; deeper text is shown as it was typed. */
const depthDrawn = 40;

/** Parses a message. Any text is a message: what is too deep for the pipeline comes back as it was typed. */
export function parseMessage(text: string): Root {
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

function asTyped(text: string): Root {
  return { type: 'root', children: [{ type: 'paragraph', children: [{ type: 'text', value: text }] }] };
}
