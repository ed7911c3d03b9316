/** A short run of `npm run chaos -- --rolling`, so that it is there when it is needed. */
import { expect, test } from 'vitest';
import { runRolling } from './rolling.ts';

test(
  '[PUSH1] [CONN2] [PRE14] processes are replaced one after the other, and nobody notices but by waiting',
  { timeout: 600_000 },
  async () => {
    const { verdict, restarts, failures, errors } = await runRolling({
      clients: 20,
      rounds: 1,
      seed: 7,
      processes: 1,
      signal: new AbortController().signal,
      say: () => {},
    });
    expect(verdict).toEqual({
      messages: expect.any(Number),
      lost: [],
      doubled: [],
      reordered: [],
      stranded: [],
      leaked: [],
      diverged: [],
    });
    expect({ failures, errors: [...errors] }).toEqual({ failures: [], errors: [] });
    expect(verdict.messages).toBeGreaterThan(20);
    // Whoever did not have to move with the first host did with the second.
    expect(restarts.reduce((sum, { moved }) => sum + moved, 0)).toBeGreaterThanOrEqual(20);
  },
);
