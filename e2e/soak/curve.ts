/** What a measure did over time. */

export interface Curve {
  start: number;
  middle: number;
  end: number;
  /** What it gains in an hour, by the straight line that fits best. */
  anHour: number;
  /** Mean of the last third over that of the first. */
  growth: number;
}

const MOST = 1.15;
const HOUR = 3_600_000;

/** @param samples at least one, `at` in milliseconds */
export function curveOf(samples: readonly { at: number; bytes: number }[]): Curve {
  const values = samples.map(({ bytes }) => bytes);
  const third = Math.ceil(values.length / 3);
  const [meanAt, meanValue] = [mean(samples.map(({ at }) => at)), mean(values)];
  const spread = mean(samples.map(({ at }) => (at - meanAt) ** 2));
  const together = mean(samples.map(({ at, bytes }) => (at - meanAt) * (bytes - meanValue)));
  return {
    start: values[0] ?? 0,
    middle: values[Math.floor(values.length / 2)] ?? 0,
    end: values.at(-1) ?? 0,
    anHour: Math.round(spread === 0 ? 0 : (together / spread) * HOUR),
    growth: mean(values.slice(-third)) / mean(values.slice(0, third)),
  };
}

export const grows = ({ growth }: Curve): boolean => growth > MOST;

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
