/** What a person may type as text, as schemas both sides use. */
import * as z from 'zod/mini';

/** Characters (UTF-16 units) of a message at most. */
export const MESSAGE_LENGTH = 16_000;
/** Characters of a subject at most. */
export const SUBJECT_LENGTH = 200;

/**
 * Characters that no database or wire can carry (NUL, halves of surrogate pairs) become U+FFFD, the same on both
 * sides, so that whatever a person pastes can be sent.
 */
export const carried = (text: string): string => text.toWellFormed().replaceAll('\0', '\uFFFD');

/** Typed text that must hold something besides white space. */
export const typedText = (maximum: number) =>
  z.pipe(
    z.string().check(
      z.maxLength(maximum),
      z.refine((text) => text.trim() !== '', 'Write something first.'),
    ),
    z.transform(carried),
  );

/** Text on one line: names, subjects. White space is folded. */
export const lineOfText = (maximum: number) =>
  z.pipe(
    z.string().check(z.maxLength(maximum)),
    z.pipe(
      z.transform((text: string) => carried(text).replace(/\s+/g, ' ').trim()),
      z.string().check(z.minLength(1)),
    ),
  );

/** `<@person>` marks a mention in stored text; code is not looked into when a message is shown, but here it counts. */
const mentionPattern = /<@([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})>/g;

/** Ids of the people a text mentions, each once, in order. */
export const mentionsIn = (text: string): string[] => [
  ...new Set(Array.from(text.matchAll(mentionPattern), (match) => match[1] as string)),
];

/** The first line or so of a message, for lists. Markdown stays; the list shows it as plain text. */
export const snippetOf = (text: string): string => {
  const start = text.trim().slice(0, 200);
  return start.toWellFormed();
};
