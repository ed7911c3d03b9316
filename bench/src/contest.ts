/** What every bench measures: ours beside its limit and its peer, in the same run, round by round. */

/** Carries the work out once and says how it went, in the contest's unit. */
export type Run = () => Promise<number>;

export interface Rival {
  name: string;
  run: Run;
}

/** How ours must compare: to the limit, to the peer, or by itself where neither is named. */
export interface Goal {
  against: 'limit' | 'peer' | 'itself';
  is: 'at least' | 'at most';
  value: number;
}

export interface Contest {
  /** Of the table in the design: P1, P2 … */
  id: string;
  what: string;
  unit: string;
  /** How many rows, messages or people; contests that differ in it alone show how cost grows. */
  size?: number;
  ours: Run;
  limit?: Rival;
  peer?: Rival;
  /** A peer that this run does without, by name. */
  notRun?: string;
  goals: Goal[];
  /** Runs ours once more and gives the CPU profiles of its pages by name, for `--profile`. */
  profiles?: () => Promise<Record<string, string>>;
}

/** Makes what its contests need, yields them one after the other, and clears up when it is told to go on. */
export interface Bench {
  id: string;
  what: string;
  contests(asked: Asked): AsyncGenerator<Contest, void, void>;
}

/** What is done only where whoever runs it says so. */
export interface Asked {
  withReplicache: boolean;
}

export interface Result {
  id: string;
  what: string;
  unit: string;
  size: number | null;
  ours: number;
  limit: number | null;
  peer: number | null;
  against: string;
  notRun: string | null;
  /** Of ours to what the goal names; the median of the rounds' own ratios. */
  ratio: number | null;
  /** The lowest and the highest of the rounds' ratios. */
  spread: [number, number] | null;
  goal: string;
  holds: boolean | null;
  /** The exponent by which ours has grown since the smallest size, see `growth`. */
  growth: number | null;
}

export const ROUNDS = 5;

/** The contestants take turns, and each round begins with another one: what disturbs the machine disturbs all of them. */
export async function hold(contest: Contest, rounds = ROUNDS): Promise<Result[]> {
  const runs = new Map<'ours' | 'limit' | 'peer', Run>([['ours', contest.ours]]);
  if (contest.limit) runs.set('limit', contest.limit.run);
  if (contest.peer) runs.set('peer', contest.peer.run);
  const figures = { ours: [] as number[], limit: [] as number[], peer: [] as number[] };
  const contestants = [...runs];
  // What is done for the first time is slow for everybody.
  for (const [, run] of contestants) await run();
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < contestants.length; turn += 1) {
      const [name, run] = mustGet(contestants, (round + turn) % contestants.length);
      figures[name].push(await run());
    }
  }
  const goals = contest.goals.length > 0 ? contest.goals : [null];
  return goals.map((goal) => toResult(contest, figures, goal));
}

type Figures = Record<'ours' | 'limit' | 'peer', number[]>;

function toResult({ id, what, unit, size, limit, peer, notRun }: Contest, figures: Figures, goal: Goal | null): Result {
  const against = goal?.against ?? (limit ? 'limit' : peer ? 'peer' : 'itself');
  const ratios =
    against === 'itself' ? null : figures.ours.map((ours, round) => ours / mustGet(figures[against], round));
  const ratio = ratios && median(ratios);
  const judged = ratio ?? median(figures.ours);
  return {
    id,
    what,
    unit,
    size: size ?? null,
    ours: median(figures.ours),
    limit: limit ? median(figures.limit) : null,
    peer: peer ? median(figures.peer) : null,
    against: [limit, peer].flatMap((rival) => rival?.name ?? []).join(' · '),
    notRun: notRun ?? null,
    ratio,
    spread: ratios && [Math.min(...ratios), Math.max(...ratios)],
    goal: goal ? `${goal.is === 'at least' ? '≥' : '≤'} ${goal.value}${inWords(goal, unit)}` : '',
    holds: goal ? (goal.is === 'at least' ? judged >= goal.value : judged <= goal.value) : null,
    growth: null,
  };
}

const inWords = ({ against }: Goal, unit: string): string => (against === 'itself' ? ` ${unit}` : `× ${against}`);

/** The exponent k of size^k by which ours grows, from the smallest to the largest size; `null` for a single size. */
export function growth(results: readonly Result[]): number | null {
  const sized = results.filter((result) => result.size !== null).sort((a, b) => (a.size ?? 0) - (b.size ?? 0));
  const [first, last] = [sized[0], sized.at(-1)];
  if (!first?.size || !last?.size || first.size === last.size) return null;
  return Math.log(last.ours / first.ours) / Math.log(last.size / first.size);
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** @param share from 0 (the least) to 1 (the greatest) */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const [low, high] = [mustGet(sorted, Math.floor(place)), mustGet(sorted, Math.ceil(place))];
  return low + (high - low) * (place - Math.floor(place));
}

function mustGet<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined) throw new Error('Nothing was measured.');
  return item;
}
