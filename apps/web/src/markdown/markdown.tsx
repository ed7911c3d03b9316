import type { ElementContent, Root } from 'hast';
import { createElement, memo, type ReactNode } from 'react';
import { messageTree } from './message-tree.ts';
import { unknownPerson, type PersonName } from './mention-tokens.ts';

export interface MarkdownProps {
  /** What the author typed; mentions are `<@PERSON_ID>`. */
  text: string;
  /** The name of a person as shown here; keep the function's identity while names stay, or every message is redrawn. */
  personName: PersonName;
  /** Mentions of these stand out: of the reader, and of what the reader belongs to. */
  selfIds?: ReadonlySet<string>;
}

type Drawing = Pick<MarkdownProps, 'personName' | 'selfIds'>;

/** A message as rich text. Nothing in it can act: no HTML, no images fetched, links only to the web and mail. */
export const Markdown = memo(function Markdown({ text, personName, selfIds }: MarkdownProps) {
  const drawing: Drawing = selfIds === undefined ? { personName } : { personName, selfIds };
  return <div className="markdown">{draw(messageTree(text), drawing)}</div>;
});

function draw(parent: Root | Extract<ElementContent, { type: 'element' }>, drawing: Drawing): ReactNode[] {
  return parent.children.map((node, n) => {
    if (node.type === 'text') return node.value;
    return node.type === 'element' ? drawElement(node, n, drawing) : null;
  });
}

/** Elements drawn as they are. The tree is clean already; this is the second lock on the same door. */
const asIs = new Set([
  ...['p', 'br', 'em', 'strong', 'del', 'code', 'pre', 'blockquote', 'ul', 'li', 'hr'],
  ...['thead', 'tbody', 'tr'],
]);

function drawElement(node: Extract<ElementContent, { type: 'element' }>, key: number, drawing: Drawing): ReactNode {
  const { tagName, properties } = node;
  const children = node.children.length > 0 ? draw(node, drawing) : undefined;
  if (asIs.has(tagName)) return createElement(tagName, { key }, ...(children ?? []));
  switch (tagName) {
    case 'a':
      return (
        <a
          key={key}
          href={String(properties['href'])}
          title={String(properties['href'])}
          target="_blank"
          rel="noopener noreferrer nofollow"
        >
          {children}
        </a>
      );
    case 'span':
      return <Mention key={key} id={String(properties['dataPerson'])} {...drawing} />;
    case 'ol':
      return (
        <ol key={key} start={Number(properties['start'] ?? 1)}>
          {children}
        </ol>
      );
    case 'h1':
    case 'h2':
    case 'h3':
    case 'h4':
    case 'h5':
    case 'h6':
      // The page's own headings come first; a message's are below them.
      return (
        <div
          key={key}
          role="heading"
          aria-level={Math.min(6, Number(tagName.slice(1)) + 2)}
          data-level={tagName.slice(1)}
        >
          {children}
        </div>
      );
    case 'input':
      return (
        <span key={key} role="img" aria-label={properties['checked'] ? 'done' : 'to do'} className="task">
          {properties['checked'] ? '☑' : '☐'}
        </span>
      );
    case 'table':
      return (
        <div key={key} className="table" role="group" aria-label="Table" tabIndex={0}>
          <table>{children}</table>
        </div>
      );
    case 'th':
    case 'td':
      return createElement(
        tagName,
        { key, ...(typeof properties['align'] === 'string' ? { 'data-align': properties['align'] } : {}) },
        ...(children ?? []),
      );
    default:
      return children ?? null;
  }
}

function Mention({ id, personName, selfIds }: { id: string } & Drawing) {
  return (
    <span className="mention" data-self={selfIds?.has(id) ? '' : undefined}>
      @{personName(id) ?? unknownPerson}
    </span>
  );
}
