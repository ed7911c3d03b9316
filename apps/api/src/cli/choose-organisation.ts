import type { Database } from '@parley/db';
import type { Kysely } from 'kysely';
import { CommandError } from './command.ts';

/**
 * The organisation a command is about: the one of that id or name, or the only one there is.
 * @throws CommandError `ORGANISATION_MISSING`, `ORGANISATION_UNKNOWN`, `ORGANISATION_AMBIGUOUS`
 */
export async function chooseOrganisation(
  db: Kysely<Database>,
  wanted: string | undefined,
): Promise<{ readonly id: string; readonly name: string }> {
  const all = await db.selectFrom('org').select(['id', 'name']).where('deleted', '=', false).orderBy('name').execute();
  if (all.length === 0) {
    throw new CommandError(
      'ORGANISATION_MISSING',
      'There is no organisation yet. Run npm start and open the set-up link it prints, or run npm run parley -- create-admin.',
    );
  }
  const names = all.map(({ name, id }) => `${name} (${id})`).join(', ');
  const fits = ({ id, name }: (typeof all)[number]) =>
    wanted === undefined || id === wanted || name.toLocaleLowerCase() === wanted.toLocaleLowerCase();
  const [only, second] = all.filter(fits);
  if (!only) throw new CommandError('ORGANISATION_UNKNOWN', `There is no organisation ${wanted}. There is: ${names}.`);
  if (second) throw new CommandError('ORGANISATION_AMBIGUOUS', `Say which organisation with --org: ${names}.`);
  return only;
}
