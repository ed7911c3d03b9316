import type { ReactElement } from 'react';
import { plainTextSelectors, render, toPlainText } from 'react-email';

/** A mail in words, ready to be sent to anybody. */
export interface RenderedEmail {
  /** One line. */
  subject: string;
  html: string;
  text: string;
}

// The library would shout headings.
const selectors = [...plainTextSelectors, { selector: 'h1', options: { uppercase: false } }];

/** Renders a mail; its text part says what its HTML says. */
export async function renderEmail(subject: string, email: ReactElement): Promise<RenderedEmail> {
  const html = await render(email);
  return { subject: oneLine(subject), html, text: `${toPlainText(html, { wordwrap: 78, selectors }).trim()}\n` };
}

/** Names are people's own: one with a line break in it must not become a header. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
}
