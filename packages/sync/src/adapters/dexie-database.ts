/** What both databases have in common: being opened and lost, values by key, and who leads. */
import type { Dexie, Table } from 'dexie';
import { Fenced } from '../client/ports.ts';

export interface Meta {
  key: string;
  value: string;
}

/** Opens a database that stays closed once it is lost: whoever holds it decides what follows. */
export async function openedWith(database: Dexie, lost: () => void): Promise<void> {
  database.on('versionchange', () => {
    database.close();
    lost();
    // Else Dexie would open it again by itself.
    return false;
  });
  await database.open();
  database.backendDB().addEventListener('close', () => {
    database.close();
    lost();
  });
}

/** A value that is made when it is first asked for. A disk without room may be read all the same. */
export async function known(meta: Table<Meta, string>, key: string, make: () => string): Promise<string> {
  const held = await meta.get(key);
  if (held) return held.value;
  return meta.db.transaction('rw', meta, async () => {
    const meanwhile = await meta.get(key);
    if (meanwhile) return meanwhile.value;
    const value = make();
    await meta.add({ key, value });
    return value;
  });
}

export const leaderOf = async (meta: Table<Meta, string>): Promise<number> =>
  Number((await meta.get('leader'))?.value ?? 0);

/** Marks the database as led in this epoch. @throws Fenced where a later leader has done so */
export async function mustLead(meta: Table<Meta, string>, epoch: number): Promise<void> {
  const leader = await leaderOf(meta);
  if (leader > epoch) throw new Fenced('Another tab has taken the lead.');
  if (leader < epoch) await meta.put({ key: 'leader', value: String(epoch) });
}
