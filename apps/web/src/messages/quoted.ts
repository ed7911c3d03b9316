/** A message, or a part of it, as a quote to be typed on below. */

const brackets = /[[\]\\]/g;

/** Markdown: the author as a link to the message, and the text as a quote. Ends where the answer begins. */
export function quoted({ text, author, link }: { text: string; author: string; link: string }): string {
  const lines = text.trim().split(/\r?\n/);
  return `[${author.replace(brackets, '\\$&')}](${link}):\n${lines.map((line) => `> ${line}`.trimEnd()).join('\n')}\n\n`;
}

/** What is selected inside a message; `null` where nothing is, or more than this message. */
export function selectionIn(messageId: string): string | null {
  const selection = getSelection();
  if (selection === null || selection.isCollapsed || selection.rangeCount === 0) return null;
  const { commonAncestorContainer: common } = selection.getRangeAt(0);
  const element = common instanceof Element ? common : common.parentElement;
  const body = element?.closest('[data-message-text]');
  if (body?.closest<HTMLElement>('[data-message]')?.dataset['message'] !== messageId) return null;
  const text = selection.toString().trim();
  return text === '' ? null : text;
}
