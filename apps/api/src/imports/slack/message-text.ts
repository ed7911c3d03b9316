import type { SlackMessage } from './export-schemas.ts';
import { mrkdwnToMarkdown, plainToMarkdown, type MrkdwnContext } from './mrkdwn.ts';
import type { Tally } from './tally.ts';

/**
 * The text of a message as Markdown, with what hung on it: cards of bots are written out, files are named. Files and
 * previews that do not come along are counted in `leftOut`.
 */
export function messageToMarkdown(
  message: SlackMessage,
  context: MrkdwnContext,
  leftOut: { readonly files: Tally; readonly cards: Tally },
): string {
  const text = mrkdwnToMarkdown(message.text ?? '', context);
  const isAction = message.subtype === 'me_message' && /^[^\n_]+$/.test(text);
  return [
    isAction ? `_${text}_` : text,
    ...(message.attachments ?? []).map((card) => cardToMarkdown(card, context, leftOut.cards)),
    ...filesOf(message).map((file) => fileToMarkdown(file, leftOut.files)),
  ]
    .filter((part) => part.trim() !== '')
    .join('\n\n');
}

type Card = NonNullable<SlackMessage['attachments']>[number];
type File = NonNullable<SlackMessage['files']>[number];

function cardToMarkdown(card: Card, context: MrkdwnContext, leftOut: Tally): string {
  if (card.from_url || card.original_url || card.is_msg_unfurl) {
    leftOut.add('link_preview');
    return '';
  }
  const link = card.title_link && /^https?:\/\/[^\s<>|]+$/i.test(card.title_link) ? card.title_link : undefined;
  const title = link && card.title ? `<${link}|${card.title}>` : (card.title ?? '');
  const lines = [card.pretext ?? '', title, card.text ?? ''].filter((line) => line.trim() !== '');
  return mrkdwnToMarkdown(lines.length > 0 ? lines.join('\n') : (card.fallback ?? ''), context);
}

/** `file` is the form of exports before 2018. */
function filesOf(message: SlackMessage): readonly File[] {
  return message.files ?? (message.file ? [message.file] : []);
}

function fileToMarkdown(file: File, leftOut: Tally): string {
  if (file.mode === 'tombstone') {
    leftOut.add('deleted');
    return '';
  }
  leftOut.add('bytes_not_in_export');
  return `📎 ${plainToMarkdown(file.title || file.name || 'file')}`;
}

/**
 * Cuts a text that is longer than one message may be, at the end of a line or word where there is one; a fence of code
 * that is cut is closed and opened again.
 */
export function splitText(text: string, maximum: number): readonly string[] {
  const parts: string[] = [];
  let rest = text;
  while (rest.length > maximum) {
    const room = rest.slice(0, maximum - 10);
    const cut = Math.max(room.lastIndexOf('\n'), Math.floor(maximum / 2));
    const end = cut === Math.floor(maximum / 2) ? Math.max(room.lastIndexOf(' '), cut) : cut;
    const head = rest.slice(0, isHalfOfPair(rest, end) ? end - 1 : end);
    const fenceIsOpen = (head.match(/^(?:> )?```/gm) ?? []).length % 2 === 1;
    parts.push(fenceIsOpen ? `${head}\n\`\`\`` : head);
    const tail = rest.slice(head.length).replace(/^[ \n]/, '');
    rest = fenceIsOpen ? `\`\`\`\n${tail}` : tail;
  }
  return rest.trim() === '' && parts.length > 0 ? parts : [...parts, rest];
}

function isHalfOfPair(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff;
}
