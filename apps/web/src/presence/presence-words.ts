import type { AvatarProps } from '@parley/ui';
import type { PersonThere } from '@parley/client/live/people-there';

const words = { active: 'Active', away: 'Away', doNotDisturb: 'Do not disturb' } as const;

/** What an avatar shows; nothing for whoever is not known to be there. */
export const presenceMark = (person: PersonThere | undefined): AvatarProps['presence'] =>
  person?.doNotDisturb === true ? 'doNotDisturb' : person?.status;

export const presenceWords = (person: PersonThere): string => words[presenceMark(person) ?? person.status];
