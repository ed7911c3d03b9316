/** Does together what is asked at once: a transaction for many costs little more than one for one. */

export interface BatcherOptions<Piece, Answer> {
  /** Weight of a batch at most. */
  limit: number;
  weigh: (piece: Piece) => number;
  carryOut: (pieces: readonly Piece[]) => Promise<readonly Answer[]>;
  /** What becomes of a piece whose batch failed. It holds nobody up any more. */
  rescue: (piece: Piece, failure: { error: unknown; size: number }) => Promise<Answer>;
}

/**
 * Takes pieces in, which are answered in their order. One that finds nothing under way goes at once; what comes meanwhile
 * goes together, as soon as that is over.
 */
export function createBatcher<Piece, Answer>(
  options: BatcherOptions<Piece, Answer>,
): (piece: Piece) => Promise<Answer> {
  const { limit, weigh, carryOut, rescue } = options;
  const waiting: { piece: Piece; resolve: (answer: Answer | Promise<Answer>) => void }[] = [];
  let isUnderWay = false;

  const next = (): typeof waiting => {
    let weight = 0;
    const end = waiting.findIndex(({ piece }, index) => (weight += weigh(piece)) > limit && index > 0);
    return waiting.splice(0, end < 0 ? waiting.length : end);
  };

  const run = async (): Promise<void> => {
    isUnderWay = true;
    while (waiting.length > 0) {
      const batch = next();
      try {
        const answers = await carryOut(batch.map(({ piece }) => piece));
        batch.forEach(({ resolve }, index) => resolve(answers[index] as Answer));
      } catch (error) {
        for (const { piece, resolve } of batch) resolve(rescue(piece, { error, size: batch.length }));
      }
    }
    isUnderWay = false;
  };

  return (piece) =>
    new Promise((resolve) => {
      waiting.push({ piece, resolve });
      if (!isUnderWay) void run();
    });
}
