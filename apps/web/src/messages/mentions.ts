/** Mentions as a person types and reads them (`@Bob Okafor`) and as they are stored (`<@id>`). */

import type { GroupKind } from '@parley/core/groups';

/** A person, a group, or all who are in the thread. */
export interface Mentionable {
  id: string;
  name: string;
  group?: GroupKind | 'all';
}

/** Names that tell people apart: the second of two with one name is "Name (2)", the same on every device. */
export function mentionNames(people: readonly Mentionable[]): Map<string, string> {
  const names = new Map<string, string>();
  const taken = new Map<string, number>();
  for (const { id, name } of people.toSorted((one, other) => (one.id < other.id ? -1 : 1))) {
    const line = name.replace(/\s+/g, ' ').trim();
    const count = (taken.get(line) ?? 0) + 1;
    taken.set(line, count);
    names.set(id, count === 1 ? line : `${line} (${count})`);
  }
  return names;
}

const code = /(```[\s\S]*?(?:```|$)|`[^`\n]*`)/;
const wordCharacter = /[\p{L}\p{N}_]/u;

/** Typed text as it is stored: each `@Name` of the names given becomes `<@id>`; code stays as it is. */
export function mentionsToStored(text: string, names: ReadonlyMap<string, string>): string {
  if (!text.includes('@')) return text;
  const longestFirst = [...names].toSorted(([, one], [, other]) => other.length - one.length);
  const stored = (part: string): string => {
    let result = '';
    let at = 0;
    for (let found = part.indexOf('@'); found !== -1; found = part.indexOf('@', found + 1)) {
      if (found < at || wordCharacter.test(part[found - 1] ?? '')) continue;
      const rest = part.slice(found + 1);
      const match = longestFirst.find(
        ([, name]) => name !== '' && rest.startsWith(name) && !wordCharacter.test(rest[name.length] ?? ''),
      );
      if (!match) continue;
      result += `${part.slice(at, found)}<@${match[0]}>`;
      at = found + 1 + match[1].length;
    }
    return result + part.slice(at);
  };
  return text
    .split(code)
    .map((part, index) => (index % 2 === 1 ? part : stored(part)))
    .join('');
}

/** Stored text as it is typed; a mention of somebody unknown stays as it is stored. Without `sign` names are only names. */
export function mentionsToTyped(text: string, names: ReadonlyMap<string, string>, sign = '@'): string {
  return text.replaceAll(/<@([0-9a-f-]{36})>/g, (token, id: string) => {
    const name = names.get(id);
    return name === undefined ? token : `${sign}${name}`;
  });
}

export interface MentionQuery {
  /** Where the `@` stands. */
  start: number;
  /** What is typed after it. */
  query: string;
}

const unfinished = /(?:^|[\s([{"'“„])@([\p{L}\p{N}._'’-]*(?: [\p{L}\p{N}._'’-]*)?)$/u;

/** The mention that is being typed before the caret, if there is one: an `@` and at most two words. */
export function mentionAt(text: string, caret: number): MentionQuery | null {
  const match = unfinished.exec(text.slice(Math.max(0, caret - 80), caret));
  if (!match) return null;
  const query = match[1] ?? '';
  return { start: caret - query.length - 1, query };
}

const plain = (text: string): string => text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLocaleLowerCase();

/** People whose name, or a word of it, begins with what is typed; first those whose whole name does. */
export function matchPeople<P extends { name: string }>(people: readonly P[], query: string, most: number): P[] {
  const sought = plain(query.trim());
  const whole: P[] = [];
  const word: P[] = [];
  for (const person of people) {
    const name = plain(person.name);
    if (name.startsWith(sought)) whole.push(person);
    else if (name.includes(` ${sought}`)) word.push(person);
  }
  return [...whole, ...word].slice(0, most);
}
