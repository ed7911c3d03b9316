/** Pages of an organisation's export. */
import { escaped, EXPORTED_PAGE_END, exportedPageBegin } from '@parley/core/exported-page';
import type { OwnedMessage } from './owned.ts';

export const pageBegin = (title: string): string =>
  `${exportedPageBegin(title, { style })}<main>\n<h1>${escaped(title)}</h1>\n`;

export const PAGE_END = `</main>\n${EXPORTED_PAGE_END}`;

/** Text stands as it was typed; what the software itself said is in the data alone. */
export function messageHtml(message: OwnedMessage): string {
  if (message.notice !== null) return '';
  const time = iso(message.sentAt);
  const marks = [message.editedAt && 'edited', message.forwarded && 'forwarded'].filter(Boolean).join(', ');
  const words =
    message.deletedAt === null ? `<p class="text">${escaped(withNames(message))}</p>` : '<p class="quiet">Deleted</p>';
  const name = escaped(message.authorName ?? 'Somebody');
  return `<article><h3>${name} <time datetime="${time}">${inWords(time)}${marks && ` · ${marks}`}</time></h3>${words}</article>\n`;
}

const withNames = ({ text, mentionedNames }: OwnedMessage): string =>
  text.replaceAll(/<@([0-9a-f-]{36})>/g, (mark, id: string) =>
    id in mentionedNames ? `@${mentionedNames[id]}` : mark,
  );

export const linkHtml = ({ file, title, note }: { file: string; title: string; note: string }): string =>
  `<li><a href="${encodeURI(file)}">${escaped(title)}</a> <span class="quiet">${escaped(note)}</span></li>\n`;

const iso = (at: Date): string => at.toISOString();
const inWords = (time: string): string => `${time.slice(0, 10)} ${time.slice(11, 16)} UTC`;

const style = '.text { white-space: pre-wrap }\n';
