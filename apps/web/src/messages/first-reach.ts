/** What of a draft would reach another organisation for the first time, and by what: asked before it goes out. */
import { mentionsIn } from '@parley/core/text';
import { formatList } from '@parley/ui';
import { mentionNames, mentionsToStored, type Mentionable } from './mentions.ts';

export interface Draft {
  /** As stored. */
  text: string;
  /** The organisation one acts for. */
  ownOrg: string;
  /** Organisations that will read it, one's own among them, and when they came. */
  organisations: readonly { id: string; name: string; addedAt: number }[];
  /** When somebody of one's own organisation last wrote there; `null` where it is not known that anybody has. */
  lastOwnAt: number | null;
  /** People of one's own organisation who will not read it. */
  absent: readonly Mentionable[];
  /** Where pasted text comes from, and which organisations read that. */
  pasted: readonly Origin[];
}

export interface Origin {
  /** Its scope. */
  from: string;
  /** `from “Plans”`, `from a note`. */
  words: string;
  orgIds: readonly string[];
}

export interface Reach {
  /** The same for the same thing and the same organisations. */
  key: string;
  words: string;
}

/** Nothing where nobody outside reads it, or all of it has reached everybody before. */
export function firstReach({ text, ownOrg, organisations, lastOwnAt, absent, pasted }: Draft): Reach[] {
  const outside = organisations.filter(({ id }) => id !== ownOrg);
  if (outside.length === 0) return [];
  const cameAt = organisations.find(({ id }) => id === ownOrg)?.addedAt ?? 0;
  const newcomers = outside.filter(({ addedAt }) => addedAt > cameAt && addedAt > (lastOwnAt ?? 0));
  const reach = (by: string, whom: typeof outside, words: string): Reach[] =>
    whom.length === 0 ? [] : [{ key: [by, ...whom.map(({ id }) => id)].join(' '), words }];

  const named = new Set(mentionsIn(mentionsToStored(text, mentionNames(absent))));
  return [
    ...reach('message', newcomers, `This is the first message of yours that ${namesOf(newcomers)} will read.`),
    ...pasted.flatMap(({ from, words, orgIds }) => {
      const others = outside.filter(({ id }) => !orgIds.includes(id));
      return reach(from, others, `Text pasted ${words} will be read by ${namesOf(others)}.`);
    }),
    ...absent.flatMap(({ id, name }) =>
      named.has(id)
        ? reach(
            id,
            outside,
            `${name} is not in this thread and hears nothing of it; ${namesOf(outside)} will read the name.`,
          )
        : [],
    ),
  ];
}

const namesOf = (organisations: readonly { name: string }[]): string =>
  formatList(organisations.map(({ name }) => name));
