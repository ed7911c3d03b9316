import type { PersonThere } from './rooms-door.ts';

const words = { active: 'Active', away: 'Away' } as const;

/** `null` for whoever is not known to be there. */
export const presenceWords = (person: PersonThere | undefined): string | null =>
  person === undefined ? null : words[person.status];
