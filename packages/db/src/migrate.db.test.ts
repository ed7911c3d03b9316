import { expect, test } from 'vitest';
import { openDatabase } from './connection.ts';
import { isMigrated, migrateToLatest } from './migrate.ts';
import { createEmptyTestDatabase } from './testing/index.ts';

test('racing processes migrate an empty database once, and it has one incarnation', async () => {
  const { url, drop } = await createEmptyTestDatabase();
  expect(await isMigrated(url)).toBe(false);
  const applied = await Promise.all([migrateToLatest(url), migrateToLatest(url), migrateToLatest(url)]);
  const names = applied.flat();
  expect(names[0]).toBe('0001-first-tables');
  // Each once, in order.
  expect(names).toEqual([...new Set(names)].sort());
  expect(await isMigrated(url)).toBe(true);
  expect(await migrateToLatest(url)).toEqual([]);

  const { kysely, close } = openDatabase(url);
  expect(await kysely.selectFrom('installation').select('incarnation').execute()).toHaveLength(1);
  await close();
  await drop();
});
