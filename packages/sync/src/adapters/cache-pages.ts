/** Rows of neighbouring places as one record, which a disk writes and reads much faster than one record each. */
import { placeOf } from '../client/places.ts';
import type { StoredRow } from '../client/ports.ts';
import type { ScopeId } from '../mutator.ts';
import type { WireRow } from '../protocol.ts';

/** Places of one page: enough that a pull is few records, and so few that one message more is written at little cost. */
export const PLACES = 128;

export interface Page {
  scope: ScopeId;
  number: number;
  /** Between these are the ids of its rows: where to look for one whose place is not known. */
  least: string;
  greatest: string;
  rows: WireRow[];
}

/** Numbers fall from old to new: reading on is reading what is older. */
export const pageOf = (place: number): number => -Math.floor(place / PLACES);

/** The number of the row's page; `null` for what has no place. */
export function pageOfRow({ data }: StoredRow): number | null {
  const place = placeOf(data);
  return place === null ? null : pageOf(place);
}

/**
 * The page as these rows leave it, the same one where they change nothing; `null` where nothing is left. Rows without
 * data may be of other pages.
 */
export function merged(
  scope: ScopeId,
  number: number,
  held: Page | undefined,
  rows: readonly StoredRow[],
): Page | null {
  const byKey = new Map(held?.rows.map((row) => [`${row[0]} ${row[1]}`, row]));
  let isSame = true;
  for (const { table, id, version, data } of rows) {
    const key = `${table} ${id}`;
    const before = byKey.get(key);
    if (before ? before[2] >= version : !data) continue;
    if (data) byKey.set(key, [table, id, version, data]);
    else byKey.delete(key);
    isSame = false;
  }
  if (isSame) return held ?? null;
  const left = [...byKey.values()];
  const ids = left.map(([, id]) => id).sort();
  const [least, greatest] = [ids[0], ids.at(-1)];
  return least === undefined || greatest === undefined ? null : { scope, number, least, greatest, rows: left };
}

export const rowsIn = ({ scope, rows }: Page): StoredRow[] =>
  rows.map(([table, id, version, data]) => ({ scope, table, id, version, data }));
