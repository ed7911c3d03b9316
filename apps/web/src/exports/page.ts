/** One page of an export: a file that needs nothing else, runs nothing and asks nobody. */
import type { ReactNode } from 'react';
import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';

/** @returns the whole document as text */
export function exportedPage(title: string, body: ReactNode): string {
  return `<!doctype html>
<html lang="${escaped(document.documentElement.lang)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
${drawn(body)}
</body>
</html>
`;
}

/** Drawn by the page itself, beside what is shown. */
function drawn(body: ReactNode): string {
  const holder = document.createElement('div');
  const root = createRoot(holder);
  flushSync(() => root.render(body));
  const html = holder.innerHTML;
  root.unmount();
  return html;
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

const style = `
:root { color-scheme: light dark; --quiet: light-dark(#63666d, #a2a4a8); --line: light-dark(#e3e1db, #3a3d42) }
body { margin: 0; background: light-dark(#fdfcfa, #1b1d21); color: light-dark(#212429, #ecebe7); font: 15px/1.5 system-ui, sans-serif }
main { max-width: 44rem; margin: 0 auto; padding: 2rem 1.25rem 4rem }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .5rem }
h2 { font-size: .9rem; font-weight: 600; margin: 2rem 0 .5rem; padding-bottom: .25rem; border-bottom: 1px solid var(--line) }
h3 { font-size: 1rem; margin: 0 }
h3 time, .quiet, summary { font-weight: 400; font-size: .875rem; color: var(--quiet) }
p { margin: .25rem 0 } article { margin: 1rem 0; break-inside: avoid-page; overflow-wrap: anywhere }
.note { border: 1px solid light-dark(#dcc77a, #6b5c30); border-radius: 8px; padding: .5rem .75rem; background: light-dark(#fdf4d3, #2e2a1d) }
a { color: light-dark(#2563a8, #8ab8ea) }
.gap { border: 1px solid var(--line); border-radius: 8px; padding: .5rem .75rem }
.mention { color: light-dark(#2563a8, #8ab8ea) }
[role=heading] { font-weight: 650 }
pre { overflow-x: auto; border: 1px solid var(--line); border-radius: 8px; padding: .75rem }
code { font: .92em/1.5 ui-monospace, monospace }
blockquote { margin: .25rem 0; padding-left: .75rem; border-left: 3px solid var(--line) }
table { border-collapse: collapse } th, td { border: 1px solid var(--line); padding: .25rem .5rem; text-align: start }
ul, ol { margin: .25rem 0; padding-left: 1.5rem } li { margin: .25rem 0 }
`;
