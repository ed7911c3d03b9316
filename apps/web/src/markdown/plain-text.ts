import type { Nodes } from 'mdast';
import { nameMentions, parseMessage } from './message-tree.ts';
import { Recent } from './recent.ts';

/** How a person is called who is not known here. */
export const unknownPerson = 'someone';

/** Everything but mentions is worked out once a text; names come and go. */
const lines = new Recent(1_000, (markdown: string) => {
  // A text that was cut for a list may end inside a mention.
  const words = wordsOf(parseMessage(markdown.replace(/<@[0-9a-f-]{0,36}$/, '')));
  return words.replace(/\s+/g, ' ').trim();
});

/** A message on one line, without its marks: for lists, notifications and quotes. */
export function plainText(markdown: string, personName: (id: string) => string | undefined): string {
  return nameMentions(lines.get(markdown), (id) => `@${personName(id) ?? unknownPerson}`);
}

function wordsOf(node: Nodes): string {
  switch (node.type) {
    case 'text':
    case 'inlineCode':
    case 'code':
      return node.value;
    case 'image':
    case 'imageReference':
      return node.alt || 'image';
    case 'break':
    case 'thematicBreak':
      return ' ';
    case 'definition':
      return '';
    default: {
      if (!('children' in node)) return '';
      const inline =
        node.type === 'paragraph' || node.type === 'heading' || node.type === 'tableCell' || isPhrase(node);
      return node.children.map(wordsOf).join(inline ? '' : ' ');
    }
  }
}

function isPhrase(node: Nodes): boolean {
  return node.type === 'emphasis' || node.type === 'strong' || node.type === 'delete' || node.type.startsWith('link');
}
