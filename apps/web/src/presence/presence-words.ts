import type { PersonThere } from '@parley/client/live/people-there';

const words = { active: 'Active', away: 'Away' } as const;

/** `null` for whoever is not known to be there. */
export const presenceWords = (person: PersonThere | undefined): string | null =>
  person === undefined ? null : words[person.status];
