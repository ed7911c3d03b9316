import { expect, test } from 'vitest';
import { Clock } from '../testing/simulation/clock.ts';
import { Profile } from '../testing/simulation/disk.ts';
import { Random } from '../testing/simulation/random.ts';
import { Tally } from '../testing/simulation/tally.ts';
import { createGuardedStorage } from './guarded-storage.ts';
import type { ScopeChange } from './ports.ts';

const notes: ScopeChange = {
  scope: 'notes:t:acme',
  purge: true,
  state: { scope: 'notes:t:acme', version: 1, epoch: 1, low: 1 },
  rows: [{ scope: 'notes:t:acme', table: 'note', id: 'n', version: 1, data: { seq: 1, text: 'secret' } }],
};

/** A cache that was to make room for the outbox, and could not be deleted the first times. */
async function withCacheGivenUp({ failures }: { failures: number }) {
  const clock = new Clock();
  const random = new Random(1);
  let ids = 0;
  const profile = new Profile({ clock, random, tally: new Tally(), newId: () => `id-${(ids += 1)}` });
  const after = (ms: number, act: () => void) => clock.after(ms, 'timer', act);
  const timers = { now: () => clock.now, random: () => random.next(), after };
  const disk = profile.disk({ reach: (act) => act() });
  const storage = createGuardedStorage(disk, timers);
  void storage.writeCache([notes], 'life', 1);
  await clock.run(100);
  profile.tight = true;
  profile.fail('deleteCache', 'failed', failures);
  void storage.saveDraft('t', 'typed').catch(() => {});
  await clock.run(500);
  return { clock, disk, profile, storage };
}

test('[DISK13] [NOTE4] deletes a cache that was given up as soon as the disk lets it', async () => {
  const { clock, profile } = await withCacheGivenUp({ failures: 3 });
  expect(profile.cache?.rows.get('notes:t:acme')?.size).toBe(1);
  await clock.run(20_000);
  expect(profile.cache).toBeNull();
});

test('[DISK13] leaves a cache alone that was had again meanwhile', async () => {
  const { clock, profile, storage } = await withCacheGivenUp({ failures: 6 });
  // A minute after it was given up, and before the deletion would be tried for the seventh time.
  await clock.run(62_000);
  void storage.writeCache([notes], 'life', 1);
  await clock.run(200_000);
  expect(profile.cache?.rows.get('notes:t:acme')?.size).toBe(1);
});

test('[DISK13] tries no more once it is closed', async () => {
  const { clock, profile, storage } = await withCacheGivenUp({ failures: 1 });
  storage.close();
  await clock.run(20_000);
  expect(profile.cache?.rows.get('notes:t:acme')?.size).toBe(1);
});

test('[DISK13] tries no more where it is closed during a trial', async () => {
  const { clock, disk, profile, storage } = await withCacheGivenUp({ failures: 2 });
  const { deleteCache } = disk;
  disk.deleteCache = () => {
    storage.close();
    return deleteCache();
  };
  await clock.run(20_000);
  expect(profile.cache?.rows.get('notes:t:acme')?.size).toBe(1);
});
