/** A short run of `npm run chaos`, so that it is there when it is needed. */
import { expect, test } from 'vitest';
import { runChaos } from './run.ts';
import { CHEAP } from './server-faults.ts';

test(
  '[CUR6] [CONN2] a few clients lose, double and leak nothing while everything breaks',
  { timeout: 600_000 },
  async () => {
    const said: string[] = [];
    const { verdict, faults, missing, failures, deadLetters } = await runChaos({
      minutes: 0.2,
      clients: 6,
      seed: 7,
      faults: CHEAP,
      scale: 0.1,
      processes: 1,
      stormEveryMs: 400,
      signal: new AbortController().signal,
      say: (line) => said.push(line),
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
    expect({ missing, failures }).toEqual({ missing: [], failures: [] });
    expect(verdict.messages).toBeGreaterThan(20);
    expect(Object.keys(faults).length).toBeGreaterThan(CHEAP.length);
    expect([...deadLetters.keys()].filter((words) => !words.endsWith(': not_found'))).toEqual([]);
  },
);
