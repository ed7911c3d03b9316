import type { Nodes } from 'mdast';
import { nameMentions, withoutCutMention, type PersonName } from './mention-tokens.ts';
import { parseMessage } from './parse-message.ts';
import { Recent } from './recent.ts';

/** Everything but mentions is worked out once a text; names come and go. */
const lines = new Recent(1_000, (markdown: string) => {
  const words = wordsOf(parseMessage(withoutCutMention(markdown)));
  return words.replace(/\s+/g, ' ').trim();
});

/** A message on one line, without its marks: for lists, notifications and quotes. */
export function plainText(markdown: string, personName: PersonName): string {
  return nameMentions(lines.get(markdown), personName);
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
