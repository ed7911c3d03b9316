/** One page of a person's export. */
import { EXPORTED_PAGE_END, exportedPageBegin } from '@parley/core/exported-page';
import type { ReactNode } from 'react';
import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';

/** @returns the whole document as text */
export function exportedPage(title: string, body: ReactNode): string {
  const language = document.documentElement.lang;
  return `${exportedPageBegin(title, { language, style })}${drawn(body)}\n${EXPORTED_PAGE_END}`;
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

const style = `
summary { font-size: .875rem; color: var(--quiet) }
.note { border: 1px solid light-dark(#dcc77a, #6b5c30); border-radius: 8px; padding: .5rem .75rem; background: light-dark(#fdf4d3, #2e2a1d) }
.gap { border: 1px solid var(--line); border-radius: 8px; padding: .5rem .75rem }
.mention { color: light-dark(#2563a8, #8ab8ea) }
[role=heading] { font-weight: 650 }
pre { overflow-x: auto; border: 1px solid var(--line); border-radius: 8px; padding: .75rem }
code { font: .92em/1.5 ui-monospace, monospace }
blockquote { margin: .25rem 0; padding-left: .75rem; border-left: 3px solid var(--line) }
table { border-collapse: collapse } th, td { border: 1px solid var(--line); padding: .25rem .5rem; text-align: start }
`;
