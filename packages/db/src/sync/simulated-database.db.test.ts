/**
 * The simulation of the engine stands on a model of PostgreSQL. Here both go through the same histories of transactions
 * that cross each other, and must say the same after every statement, also about who waits for whom.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../testing/index.ts';
import { History, people } from './crossing-histories.fixture.ts';
import { openModel, openPostgres } from './two-databases.fixture.ts';

const HISTORIES = 12;

let testDatabases: TestDatabase[];
beforeAll(async () => {
  testDatabases = await Promise.all(Array.from({ length: HISTORIES }, () => createTestDatabase()));
});
afterAll(async () => {
  await Promise.all(testDatabases.map((database) => database.drop()));
});

test.each(Array.from({ length: HISTORIES }, (_, index) => index + 1))(
  '[CUR1] [CUR2] [CUR3] [PULL2] the model of the simulation and PostgreSQL say the same: history %i',
  async (seed) => {
    const sides = [openModel(seed), await openPostgres(testDatabases[seed - 1]?.url ?? '', people)];
    const history = new History(seed, sides);
    try {
      await history.run();
    } finally {
      await Promise.all(sides.map((side) => side.close()));
    }
    expect(history.seen.committed).toBeGreaterThan(0);
    expect(history.seen.waits).toBeGreaterThan(0);
  },
);
