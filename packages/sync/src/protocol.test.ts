import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import * as protocol from './protocol.ts';
import {
  liveRequest,
  pageAnswer,
  pageRequest,
  PROTOCOL_VERSION,
  pullRequest,
  pullResponse,
  pushRequest,
  pushResponse,
} from './protocol.ts';
import { arbitraryOf, spoiledOf } from './testing/arbitrary-of.ts';

test('[VER1] a shape that changes changes the version: this is what version 2 looks like', () => {
  const shapes = { pullRequest, pullResponse, pageRequest, pageAnswer, pushRequest, pushResponse, liveRequest };
  const described = Object.entries(shapes).map(([name, shape]) => [name, z.toJSONSchema(shape)]);
  const hash = createHash('sha256').update(JSON.stringify(described)).digest('hex').slice(0, 16);
  // Raise the version first; then pin the new hash, and write down what the version before said in old-clients.fixture.
  expect({ version: PROTOCOL_VERSION, hash }).toEqual({ version: 2, hash: 'c8a6afe9bb73ba29' });
});

const shapes = Object.entries<unknown>(protocol).filter((entry): entry is [string, z.ZodMiniType] =>
  Object.hasOwn(entry[1] as object, '_zod'),
);

describe.each(shapes)('whatever fits %s', (_name, shape) => {
  const overTheWire = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

  test('crosses the wire as it was', () => {
    fc.assert(
      fc.property(arbitraryOf(shape), (value) => {
        const arrived = shape.parse(overTheWire(value));
        expect(arrived).toEqual(overTheWire(value));
        expect(shape.parse(arrived)).toEqual(arrived);
      }),
      { seed: 4471, numRuns: 50 },
    );
  });

  test('is taken or refused when it was spoiled, and brings no prototype along', () => {
    fc.assert(
      fc.property(spoiledOf(shape), (value) => {
        const { data } = shape.safeParse(value);
        if (data !== undefined) expect(shape.parse(data)).toEqual(data);
        for (const part of data === undefined ? [] : [data, ...Object.values(data as object)]) {
          if (typeof part !== 'object' || part === null || Array.isArray(part)) continue;
          expect(Object.getPrototypeOf(part)).toBe(Object.prototype);
        }
      }),
      { seed: 4471, numRuns: 200 },
    );
  });
});
