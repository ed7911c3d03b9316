/**
 * One-line previews for what is drawn first. The Markdown parser is fetched beside the first paint, not before it: until
 * it is here, a line shows its marks, and then the same line without them, in the same place.
 */
import { useSyncExternalStore } from 'react';
import { nameMentions, withoutCutMention, type PersonName } from './mention-tokens.ts';

export type PlainText = (markdown: string, personName: PersonName) => string;

let plainText: PlainText = (markdown, personName) =>
  nameMentions(withoutCutMention(markdown), personName).replace(/\s+/g, ' ').trim();
let asked = false;
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (!asked) void fetchParser();
  return () => listeners.delete(listener);
}

async function fetchParser(): Promise<void> {
  asked = true;
  try {
    ({ plainText } = await import('./plain-text.ts'));
    listeners.forEach((notify) => notify());
  } catch {
    // Not on this device and no network: the next line that is drawn asks again.
    asked = false;
  }
}

/** How a message reads on one line; the function changes once, when the parser has come. */
export function usePlainText(): PlainText {
  return useSyncExternalStore(subscribe, () => plainText);
}
