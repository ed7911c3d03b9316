const conjunction = new Intl.ListFormat(undefined, { type: 'conjunction' });

/** Alice, Bob, and Carol; in the reader's language. */
export const formatList = (words: Iterable<string>): string => conjunction.format(words);
