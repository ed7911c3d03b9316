/** Does together what is asked at once: a transaction for many costs little more than one for one. */

export interface BatcherOptions<Piece, Answer> {
  /** Batches under way at once: while one waits for the disk, another one computes. */
  atOnce: number;
  /** What all pieces of a batch touch at most, together. */
  limit: number;
  /** What a piece touches. Pieces that touch the same are never under way in two batches, and keep their order. */
  touches: (piece: Piece) => readonly string[];
  carryOut: (pieces: readonly Piece[]) => Promise<readonly Answer[]>;
  /** What becomes of a piece whose batch failed. It holds nobody up any more. */
  rescue: (piece: Piece, failure: { error: unknown; size: number }) => Promise<Answer>;
  /** Calls back when what arrives together has arrived. */
  gather: (begin: () => void) => void;
}

interface Waiting<Piece, Answer> {
  piece: Piece;
  touches: readonly string[];
  resolve: (answer: Answer | Promise<Answer>) => void;
}

/**
 * Takes pieces in and answers them. What finds a batch free goes in it together with whatever arrives at the same time;
 * what does not waits for the next one.
 */
export function createBatcher<Piece, Answer>(
  options: BatcherOptions<Piece, Answer>,
): (piece: Piece) => Promise<Answer> {
  const { atOnce, limit, carryOut, rescue } = options;
  let waiting: Waiting<Piece, Answer>[] = [];
  const underWay = new Set<string>();
  let batches = 0;
  let isGathering = false;

  /** Shares out over all batches that are free: two halves at once are sooner done than a whole and nothing. */
  const next = (): Waiting<Piece, Answer>[][] => {
    const free = Array.from({ length: atOnce - batches }, () => ({
      items: [] as typeof waiting,
      touched: new Set<string>(),
      weight: 0,
    }));
    const left: typeof waiting = [];
    const passedOver = new Set<string>();
    for (const item of waiting) {
      const { touches } = item;
      const related = free.filter(({ touched }) => touches.some((each) => touched.has(each)));
      const batch = related[0] ?? free.reduce((lightest, other) => (other.weight < lightest.weight ? other : lightest));
      const hasToWait = touches.some((each) => underWay.has(each) || passedOver.has(each)) || related.length > 1;
      if (hasToWait || (batch.items.length > 0 && batch.weight + touches.length > limit)) {
        left.push(item);
        for (const each of touches) passedOver.add(each);
      } else {
        batch.items.push(item);
        batch.weight += touches.length;
        for (const each of touches) batch.touched.add(each);
      }
    }
    waiting = left;
    return free.flatMap(({ items }) => (items.length > 0 ? [items] : []));
  };

  const run = async (batch: typeof waiting): Promise<void> => {
    const touched = new Set(batch.flatMap(({ touches }) => touches));
    for (const each of touched) underWay.add(each);
    batches += 1;
    let settle: (item: Waiting<Piece, Answer>, index: number) => void;
    try {
      const answers = await carryOut(batch.map(({ piece }) => piece));
      settle = ({ resolve }, index) => resolve(answers[index] as Answer);
    } catch (error) {
      settle = ({ piece, resolve }) => resolve(rescue(piece, { error, size: batch.length }));
    }
    batches -= 1;
    for (const each of touched) underWay.delete(each);
    batch.forEach(settle);
    begin();
  };

  const begin = (): void => {
    if (isGathering || waiting.length === 0) return;
    isGathering = true;
    options.gather(() => {
      isGathering = false;
      if (batches < atOnce) for (const batch of next()) void run(batch);
    });
  };

  return (piece) =>
    new Promise((resolve) => {
      waiting.push({ piece, touches: options.touches(piece), resolve });
      begin();
    });
}
