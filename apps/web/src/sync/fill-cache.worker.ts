/**
 * Taken in by the service worker of a new release while it is installed: fills the caches that this release reads, so
 * that its first page has everything, with or without a network.
 */
import { createFillingDisk } from '@parley/sync/adapters/dexie';
import { fillCache } from '@parley/sync/client';
import { v7 as uuidv7 } from 'uuid';
import { accountCalls } from '../accounts/account-calls.ts';
import { engineOptions } from './engine-options.ts';

export interface Filler {
  /** Rejects where the server cannot be reached. Whoever is not signed in is left out. */
  fillCaches?: (personIds: readonly string[]) => Promise<void>;
}

(globalThis as Filler).fillCaches = async (personIds) => {
  for (const personId of personIds) {
    const { person } = await accountCalls.accounts.session.query(undefined, { context: { person: personId } });
    if (person?.id === personId) await fillCacheOf(personId);
  }
};

async function fillCacheOf(personId: string): Promise<void> {
  const disk = createFillingDisk(personId, uuidv7);
  try {
    await fillCache({ ...engineOptions(personId), disk });
  } finally {
    await disk.leave();
  }
}
