/** Pages of an export: files that need nothing else, run nothing and load nothing. */
import type { OwnedMessage } from './owned.ts';

export const pageBegin = (title: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${escaped(title)}</h1>
`;

export const PAGE_END = '</main>\n</body>\n</html>\n';

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

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

const iso = (at: Date): string => at.toISOString();
const inWords = (time: string): string => `${time.slice(0, 10)} ${time.slice(11, 16)} UTC`;

const style = `
:root { color-scheme: light dark; --quiet: light-dark(#63666d, #a2a4a8); --line: light-dark(#e3e1db, #3a3d42) }
body { margin: 0; background: light-dark(#fdfcfa, #1b1d21); color: light-dark(#212429, #ecebe7); font: 15px/1.5 system-ui, sans-serif }
main { max-width: 44rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; overflow-wrap: anywhere }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .5rem }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; padding-bottom: .25rem; border-bottom: 1px solid var(--line) }
h3 { font-size: 1rem; margin: 0 }
h3 time, .quiet { font-weight: 400; font-size: .875rem; color: var(--quiet) }
p { margin: .25rem 0 } article { margin: 1rem 0; break-inside: avoid-page } .text { white-space: pre-wrap }
a { color: light-dark(#2563a8, #8ab8ea) } ul { padding-left: 1.5rem } li { margin: .25rem 0 }
`;
