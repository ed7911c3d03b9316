import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { inkOf, initialsOf } from './avatar-ink.ts';

const css = readFileSync(new URL('./styles.css', import.meta.url), 'utf8');

/** WCAG relative luminance of an opaque oklch() colour, clipped to sRGB. */
function luminance(colour: string): number {
  const parts = /oklch\(([\d.]+)% ([\d.]+) ([\d.]+)\)/.exec(colour);
  if (parts === null) throw new Error(`not an opaque oklch colour: ${colour}`);
  const l = Number(parts[1]) / 100;
  const a = Number(parts[2]) * Math.cos((Number(parts[3]) * Math.PI) / 180);
  const b = Number(parts[2]) * Math.sin((Number(parts[3]) * Math.PI) / 180);
  const long = (l + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const medium = (l - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const short = (l - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const clip = (channel: number) => Math.min(1, Math.max(0, channel));
  const red = clip(4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short);
  const green = clip(-1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short);
  const blue = clip(-0.0041960863 * long - 0.7034186147 * medium + 1.707614701 * short);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [low, high] = [luminance(one), luminance(other)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

const tokens = new Map(
  [...css.matchAll(/--([\w-]+):\s*light-dark\((oklch\([^)]*\)),\s*(oklch\([^)]*\))\)/g)]
    .reverse()
    .map((match) => [match[1] as string, { light: match[2] as string, dark: match[3] as string }]),
);

const text: [ink: string, grounds: string[]][] = [
  ['ink', ['paper', 'sheet', 'sunk', 'note', 'bad-soft', 'outside-soft', 'accent-soft']],
  ['ink-2', ['paper', 'sheet', 'sunk', 'note']],
  ['ink-3', ['paper', 'sheet', 'sunk', 'note']],
  ['accent', ['paper', 'sheet', 'accent-soft', 'note']],
  ['accent-strong', ['paper', 'sheet', 'sunk', 'accent-soft']],
  ['on-accent', ['accent', 'accent-strong', 'bad']],
  ['outside', ['paper', 'sheet', 'outside-soft']],
  ['note-ink', ['note', 'paper', 'sheet']],
  ['bad', ['paper', 'sheet', 'bad-soft']],
  ['paper', ['ink']],
];

describe.each(['light', 'dark'] as const)('%s theme', (theme) => {
  test.each(text.flatMap(([ink, grounds]) => grounds.map((ground) => [ink, ground] as const)))(
    '%s on %s is at least 4.5:1',
    (ink, ground) => {
      expect(contrast(tokens.get(ink)![theme], tokens.get(ground)![theme])).toBeGreaterThanOrEqual(4.5);
    },
  );

  test.each(['paper', 'sheet'])('the edge of a control on %s is at least 3:1', (ground) => {
    expect(contrast(tokens.get('edge')![theme], tokens.get(ground)![theme])).toBeGreaterThanOrEqual(3);
  });
});

describe('avatars', () => {
  const ids = Array.from({ length: 400 }, (_, n) => `person-${n}`);

  test('white initials are at least 4.5:1 on every colour', () => {
    for (const id of ids) expect(contrast('oklch(100% 0 0)', inkOf(id))).toBeGreaterThanOrEqual(4.5);
  });

  test('no colour is the warm one that means outside', () => {
    for (const id of ids) {
      const hue = Number(/([\d.]+)\)$/.exec(inkOf(id))![1]);
      expect(hue <= 10 || hue >= 110).toBe(true);
    }
  });

  test.each([
    ['Alice Lindqvist', 'AL'],
    ['bob', 'B'],
    ['Tomás de la Cruz', 'TC'],
    ['jean-luc.picard', 'JP'],
    ['李小龍', '李'],
    ['👩‍👩‍👧 Family', 'F'],
    ['👩‍👩‍👧', '👩‍👩‍👧'],
    ['  ', '?'],
    ['', '?'],
  ])('%j becomes %j', (name, initials) => {
    expect(initialsOf(name)).toBe(initials);
  });
});
