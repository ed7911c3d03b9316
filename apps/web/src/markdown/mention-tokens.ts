/** `<@PERSON_ID>`: how a person is mentioned in stored text. The id is the first group. */
export const mentionToken = /<@([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})>/g;

/** How a person is called who is not known here. */
export const unknownPerson = 'someone';

export type PersonName = (id: string) => string | undefined;

/** The text with its mentions as names. */
export function nameMentions(text: string, personName: PersonName): string {
  return text.replace(mentionToken, (_token, id: string) => `@${personName(id) ?? unknownPerson}`);
}

/** The text without a mention that was cut off at its end, as happens to what lists show. */
export function withoutCutMention(text: string): string {
  return text.replace(/<@[0-9a-f-]{0,36}$/, '');
}
