/** The name under which others see a person, as they change it themselves. */
import type { Mutator } from '@parley/sync/mutator';
import * as z from 'zod/mini';
import { maySeeDirectory } from './organisations.ts';
import { orgPeopleScope, userScope } from './scopes.ts';
import { standardSettings } from './settings.ts';
import type { Tables } from './tables.ts';
import { carried } from './text.ts';

/** Characters (UTF-16 units) of a name at most. */
export const NAME_LENGTH = 100;

/** One line with something to see in it. What turns the direction of the text around it is taken out. */
export const personName = z.pipe(
  z.string().check(z.maxLength(NAME_LENGTH, `A name has ${NAME_LENGTH} characters at most.`)),
  z.pipe(
    z.transform((text: string) =>
      carried(text)
        .replace(/\p{Bidi_Control}/gu, '')
        .replace(/\s+/g, ' ')
        .trim(),
    ),
    z.string().check(z.refine(isVisible, 'A name needs a letter, a number or a sign.')),
  ),
);

// Fillers are letters to Unicode, and the blank of Braille is a sign.
function isVisible(text: string): boolean {
  return /[\p{L}\p{N}\p{P}\p{S}]/u.test(text.replace(/[\p{Default_Ignorable_Code_Point}\u2800]/gu, ''));
}

const changeNameArgs = z.object({
  name: personName,
  /** Directories that change at once; the others follow, and the person's threads. */
  orgIds: z.array(z.uuid()).check(z.maxLength(100)),
});

/** Gives the actor another name. */
export const changeName: Mutator<Tables, z.infer<typeof changeNameArgs>> = {
  name: 'changeName',
  version: 1,
  args: changeNameArgs,
  lane: (_args, personId) => userScope(personId),
  scopes: ({ orgIds }, personId) => ({ write: [userScope(personId), ...new Set(orgIds.map(orgPeopleScope))] }),
  async run(tx, { name, orgIds }) {
    const { personId } = tx;
    const own = userScope(personId);
    const settings = (await tx.get('settings', own, personId)) ?? standardSettings;
    tx.put('settings', own, personId, { ...settings, name });
    for (const orgId of new Set(orgIds)) {
      const membership = await tx.get('membership', own, orgId);
      // Left in the meantime, or never theirs: no reason to refuse the name.
      if (!membership?.active || !maySeeDirectory(membership.role)) continue;
      const card = await tx.get('person', orgPeopleScope(orgId), personId);
      if (card) tx.put('person', orgPeopleScope(orgId), personId, { ...card, name });
    }
    tx.enqueue('person.renamed', { personId });
  },
};
