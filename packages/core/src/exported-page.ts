/** What every exported page has in common: a file that needs nothing else, runs nothing and asks nobody. */

/** Up to where the body begins. `style` comes after what holds for all of them. */
export const exportedPageBegin = (
  title: string,
  { language = 'en', style }: { language?: string; style: string },
): string =>
  `<!doctype html>
<html lang="${escaped(language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(title)}</title>
<style>${common}${style}</style>
</head>
<body>
`;

export const EXPORTED_PAGE_END = '</body>\n</html>\n';

/** Text as it stands in HTML, between tags or in double quotes. */
export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

const common = `
:root { color-scheme: light dark; --quiet: light-dark(#63666d, #a2a4a8); --line: light-dark(#e3e1db, #3a3d42) }
body { margin: 0; background: light-dark(#fdfcfa, #1b1d21); color: light-dark(#212429, #ecebe7); font: 15px/1.5 system-ui, sans-serif }
main { max-width: 44rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; overflow-wrap: anywhere }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .5rem }
h2 { font-size: .9rem; font-weight: 600; margin: 2rem 0 .5rem; padding-bottom: .25rem; border-bottom: 1px solid var(--line) }
h3 { font-size: 1rem; margin: 0 }
h3 time, .quiet { font-weight: 400; font-size: .875rem; color: var(--quiet) }
p { margin: .25rem 0 } article { margin: 1rem 0; break-inside: avoid-page }
a { color: light-dark(#2563a8, #8ab8ea) } ul, ol { margin: .25rem 0; padding-left: 1.5rem } li { margin: .25rem 0 }
`;
