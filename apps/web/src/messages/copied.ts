/** Text that is copied from messages and notes remembers where it stood, for as long as it stays in Parley. */
import type { ScopeId } from '@parley/sync/mutator';
import type { ClipboardEvent as ReactClipboardEvent } from 'react';

const TYPE = 'application/x-parley-origin';

/** What a button copied last: a page may put nothing beside such text. */
let byButton: { text: string; from: ScopeId } | null = null;

export function rememberCopied(text: string, from: ScopeId): void {
  byButton = { text, from };
}

/**
 * Copies what is selected of messages in `log`, as the browser would, and beside it where it stood: `scopeOf` says that of
 * one message. A note among them makes it a note.
 */
export function copySelection(
  { nativeEvent: event, currentTarget: log }: ReactClipboardEvent<HTMLElement>,
  scopeOf: (messageId: string) => ScopeId,
): void {
  const selection = getSelection();
  const isTyped = event.target instanceof HTMLTextAreaElement || event.target instanceof HTMLInputElement;
  if (isTyped || event.clipboardData === null || selection === null || selection.isCollapsed) return;
  const scopes = [...log.querySelectorAll<HTMLElement>('[data-message]')]
    .filter((row) => selection.containsNode(row, true))
    .map((row) => scopeOf(row.dataset['message'] ?? ''));
  const from = scopes.find((scope) => scope.startsWith('notes:')) ?? scopes[0];
  if (from === undefined) return;
  const holder = document.createElement('div');
  holder.append(selection.getRangeAt(0).cloneContents());
  event.clipboardData.setData('text/plain', selection.toString());
  event.clipboardData.setData('text/html', holder.innerHTML);
  event.clipboardData.setData(TYPE, from);
  event.preventDefault();
}

/** Where pasted text stood; `null` where that is not known. */
export function originOf(data: DataTransfer): ScopeId | null {
  const from = data.getData(TYPE);
  if (from !== '') return from;
  const same = (text: string) => text.replaceAll('\r\n', '\n').trim();
  return byButton !== null && same(byButton.text) === same(data.getData('text/plain')) ? byButton.from : null;
}
