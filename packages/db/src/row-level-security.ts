/** Whose eyes a transaction sees with. Without any it sees no row of a tenant: docs/decisions/0021-row-level-security.md. */
import type { Kysely } from 'kysely';
import { run, type DatabaseTransaction } from './sync/statement.ts';
import type { Database } from './tables.ts';

/** Who acts: people, who see what is theirs, or the server itself, which sees everything. */
export type Eyes = { people: readonly string[]; scopes?: readonly string[] } | 'server';

/** Values for `setEyes`, one a setting: all of them each time, so that none is left from what the connection began with. */
export function settingsOf(eyes: Eyes): [server: string, people: string, scopes: string] {
  if (eyes === 'server') return ['on', '', ''];
  const { people, scopes } = eyes;
  return ['', toArray(people), scopes === undefined ? '' : toArray(scopes)];
}

/** Ids and scopes hold nothing that an array would have to quote; whatever does is refused here. */
function toArray(words: readonly string[]): string {
  const wrong = words.find((word) => !/^[a-z0-9.:-]+$/.test(word));
  if (wrong !== undefined) throw new Error(`${JSON.stringify(wrong)} is neither an id nor a scope`);
  return `{${words.join(',')}}`;
}

/** What a select list sets with the values in `values`, until the transaction ends. */
export const setEyes = ([server, people, scopes]: readonly [string, string, string]): string =>
  `set_config('parley.server', ${server}, true), set_config('parley.people', ${people}, true),
    set_config('parley.scopes', ${scopes}, true)`;

/** Reads as a person: of the tenants' rows those alone that are theirs to read. */
export function asPerson<R>(
  db: Kysely<Database>,
  personId: string,
  read: (trx: DatabaseTransaction) => Promise<R>,
): Promise<R> {
  return db.transaction().execute(async (trx) => {
    await run(trx, `select ${setEyes(['$1', '$2', '$3'])}`, settingsOf({ people: [personId] }));
    return read(trx);
  });
}
