/** What goes together, what at the same time, and what has to wait. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createBatcher } from './batcher.ts';

const AT_ONCE = 2;
const LIMIT = 6;

interface Piece {
  n: number;
  touches: string[];
}

const touches = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'), { minLength: 1, maxLength: 4 });

/** Somebody asks for something, or a batch that is under way comes to its end, well or not. */
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ asks: touches }) },
  fc.record({ ends: fc.nat({ max: AT_ONCE - 1 }), fails: fc.boolean() }),
);

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('[PUSH14] what touches the same goes in its order, never in two batches at once, and everybody is answered', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const underWay: { pieces: readonly Piece[]; end: (fails: boolean) => void }[] = [];
      const begun: Piece[] = [];
      const push = createBatcher<Piece, number>({
        atOnce: AT_ONCE,
        limit: LIMIT,
        touches: (piece) => piece.touches,
        gather: queueMicrotask,
        carryOut(pieces) {
          begun.push(...pieces);
          return new Promise((resolve, reject) => {
            const end = (fails: boolean): void =>
              fails ? reject(new Error('taken back')) : resolve(pieces.map(({ n }) => n));
            underWay.push({ pieces, end });
          });
        },
        rescue: ({ n }) => Promise.resolve(-n),
      });
      const judge = (): void => {
        expect(underWay.length).toBeLessThanOrEqual(AT_ONCE);
        const touched = underWay.flatMap(({ pieces }) => [...new Set(pieces.flatMap((piece) => piece.touches))]);
        expect(new Set(touched).size).toBe(touched.length);
        for (const { pieces } of underWay) {
          const weight = pieces.reduce((sum, piece) => sum + piece.touches.length, 0);
          expect(pieces.length === 1 || weight <= LIMIT).toBe(true);
        }
      };
      const asked: Piece[] = [];
      const answers: Promise<number>[] = [];
      const failed = new Set<number>();
      const end = async (index: number, fails: boolean): Promise<void> => {
        const [batch] = underWay.splice(index, 1);
        if (fails) for (const { n } of batch?.pieces ?? []) failed.add(n);
        batch?.end(fails);
        await settled();
      };
      for (const each of steps) {
        if ('asks' in each) {
          const piece = { n: asked.length + 1, touches: each.asks };
          asked.push(piece);
          answers.push(push(piece));
        } else {
          await settled();
          judge();
          await end(each.ends, each.fails);
        }
      }
      await settled();
      while (underWay.length > 0) {
        judge();
        await end(0, false);
      }
      expect(await Promise.all(answers)).toEqual(asked.map(({ n }) => (failed.has(n) ? -n : n)));
      for (const place of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']) {
        const order = begun.filter((piece) => piece.touches.includes(place)).map(({ n }) => n);
        expect(order).toEqual(order.toSorted((a, b) => a - b));
      }
    }),
    { numRuns: 300 },
  );
});

test('what is asked at the same time is shared out over all that is free, and what touches the same stays together', async () => {
  const batches: string[][] = [];
  const push = createBatcher<string, string>({
    atOnce: AT_ONCE,
    limit: LIMIT,
    touches: (piece) => [...piece],
    gather: setImmediate,
    carryOut(pieces) {
      batches.push([...pieces]);
      return Promise.resolve(pieces);
    },
    rescue: () => Promise.reject(new Error('nothing fails here')),
  });
  await Promise.all(['a', 'b', 'c', 'd'].map(push));
  await Promise.all(['a', 'ab', 'ac', 'd'].map(push));
  expect(batches).toEqual([['a', 'c'], ['b', 'd'], ['a', 'ab', 'ac'], ['d']]);
});
