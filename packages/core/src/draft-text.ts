/**
 * A draft as text that merges: whatever several devices typed without knowing of each other is all in it, and what they
 * had in common is there once. It carries Yjs, so the first load goes without it: import it only when it is needed.
 */
import * as Y from 'yjs';
import { carried } from './text.ts';

/** What the others have to be told of what was typed on this device. */
export interface Typed {
  /** Yjs, as base64: all of the text, so that it can be read without anything that came before. */
  update: string;
  /** The letters that were added since the others were last told, on their own. */
  added: string;
  /** Whose text this is: what it tells later contains what it told earlier. */
  writer: number;
}

/** The text of one draft on one device while somebody writes in it. */
export class DraftText {
  /** As the others know it. */
  readonly #told = new Y.Doc();
  readonly #here = new Y.Doc();

  /** @throws where an update is none */
  constructor(updates: readonly string[]) {
    this.merge(updates);
  }

  get text(): string {
    return textOf(this.#here).toJSON();
  }

  /** What stands here and the others have not been told. */
  get added(): string {
    return difference(textOf(this.#told).toJSON(), this.text).inserted;
  }

  /** How much of everything is in this text, as base64: what others typed beyond it was not seen here. */
  get known(): string {
    return toBase64(Y.encodeStateVector(this.#here));
  }

  /** The person has made this of the text. */
  edit(text: string): void {
    const target = textOf(this.#here);
    const { start, removed, inserted } = difference(target.toJSON(), carried(text));
    this.#here.transact(() => {
      if (removed > 0) target.delete(start, removed);
      if (inserted !== '') target.insert(start, inserted);
    });
  }

  /**
   * Takes in what other devices typed.
   * @returns where places of the text (UTF-16 units) have moved to
   */
  merge(updates: readonly string[], places: readonly number[] = []): number[] {
    const target = textOf(this.#here);
    // Each holds on to the letter before it.
    const held = places.map((place) => Y.createRelativePositionFromTypeIndex(target, place, -1));
    for (const update of updates) {
      const bytes = fromBase64(update);
      Y.applyUpdate(this.#told, bytes);
      Y.applyUpdate(this.#here, bytes);
    }
    return held.map((place) => Y.createAbsolutePositionFromRelativePosition(place, this.#here)?.index ?? 0);
  }

  /** What the others have to be told; `null` where they know everything. */
  typed(): Typed | null {
    if (textOf(this.#told).toJSON() === this.text) return null;
    const update = toBase64(Y.encodeStateAsUpdate(this.#here));
    return { update, added: this.added, writer: this.#here.clientID };
  }

  /** The others have been told this. */
  tell({ update }: Pick<Typed, 'update'>): void {
    Y.applyUpdate(this.#told, fromBase64(update));
  }
}

/**
 * Makes one update of several, with nothing left of what was deleted.
 * @throws where one of them is no update
 */
export function mergeUpdates(updates: readonly string[]): { update: string; text: string } {
  return written(new Y.Doc(), updates);
}

/** The same with a text put behind it, on a line of its own. @throws where one of them is no update */
export function appendToUpdates(updates: readonly string[], added: string): { update: string; text: string } {
  const doc = new Y.Doc();
  const { text } = written(doc, updates);
  textOf(doc).insert(text.length, text === '' ? added.trim() : `\n${added.trim()}`);
  return written(doc, []);
}

/**
 * What stands in these updates and was not `known` to a device.
 * @throws where one of them is no update
 */
export function unknownText(updates: readonly string[], known: string): string {
  const all = new Y.Doc();
  written(all, updates);
  const { structs } = Y.decodeUpdate(Y.encodeStateAsUpdate(all, fromBase64(known)));
  return structs
    .flatMap((item) => ('content' in item && item.content instanceof Y.ContentString ? item.content.str : []))
    .join('');
}

function written(doc: Y.Doc, updates: readonly string[]): { update: string; text: string } {
  for (const update of updates) Y.applyUpdate(doc, fromBase64(update));
  return { update: toBase64(Y.encodeStateAsUpdate(doc)), text: carried(textOf(doc).toJSON()) };
}

const textOf = (doc: Y.Doc): Y.Text => doc.getText('text');

interface Difference {
  start: number;
  /** UTF-16 units that went. */
  removed: number;
  inserted: string;
}

/** The one stretch in which two texts differ. Never parts a surrogate pair: Yjs would lose both halves. */
function difference(before: string, after: string): Difference {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start += 1;
  if (isHigh(before, start - 1)) start -= 1;
  let end = 0;
  while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  if (end > 0 && isLow(before, before.length - end)) end -= 1;
  return { start, removed: before.length - end - start, inserted: after.slice(start, after.length - end) };
}

const isHigh = (text: string, at: number): boolean => (text.charCodeAt(at) & 0xfc00) === 0xd800;
const isLow = (text: string, at: number): boolean => (text.charCodeAt(at) & 0xfc00) === 0xdc00;

// Browsers and Node have both; the library that would declare them is that of browsers alone.
declare function atob(base64: string): string;
declare function btoa(bytes: string): string;

const fromBase64 = (base64: string): Uint8Array => Uint8Array.from(atob(base64), (byte) => byte.charCodeAt(0));
const toBase64 = (bytes: Uint8Array): string => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
