/** What a person wrote, as it lies in their outbox on this device, while no page of theirs is open. */
import { userScope } from '@parley/core/scopes';
import type { DraftRow } from '@parley/core/drafts';
import { createDexieDisk } from '@parley/sync/adapters/dexie';
import type { OutboxItem } from '@parley/sync/client';
import { v7 as uuidv7 } from 'uuid';
import { draftKeyOf } from '../messages/draft-key.ts';

export interface LeftBehind {
  items: readonly OutboxItem[];
  /** Texts that were not sent. */
  drafts: readonly string[];
}

export async function readLeftBehind(personId: string): Promise<LeftBehind> {
  const outbox = await createDexieDisk(personId, uuidv7).openOutbox(() => {});
  try {
    const { items, drafts } = await outbox.read();
    // What stands beside a draft only says what it is made of.
    const typed = Object.entries(drafts).filter(([key]) => !key.startsWith('base.'));
    return { items, drafts: typed.map(([, text]) => text) };
  } finally {
    outbox.close();
  }
}

/** Drafts from other devices are rows of the server's, and yet their author's own words: they are kept with the others. */
export async function rescueDrafts(personId: string): Promise<void> {
  const disk = createDexieDisk(personId, uuidv7);
  const [cache, outbox] = await Promise.all([disk.openCache(() => {}), disk.openOutbox(() => {})]);
  try {
    const { rows } = await cache.read(['draft']);
    const own = rows.flatMap(({ scope, data }) => (scope === userScope(personId) && data ? [data as DraftRow] : []));
    const drafts = own.filter(({ text }) => text !== '').map((row) => [draftKeyOf(row), row.text]);
    await outbox.restore([], Object.fromEntries(drafts));
  } finally {
    cache.close();
    outbox.close();
  }
}
