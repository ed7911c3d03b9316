/** A run in words. */
import { FINDINGS, type Finding, type Verdict } from './judge.ts';
import type { RollingOutcome } from './rolling.ts';
import type { Outcome } from './run.ts';

/** Of each kind, so many are shown. */
const SHOWN = 10;

export const countFindings = (verdict: Verdict): Record<'messages' | Finding, number> => ({
  messages: verdict.messages,
  lost: verdict.lost.length,
  doubled: verdict.doubled.length,
  reordered: verdict.reordered.length,
  stranded: verdict.stranded.length,
  leaked: verdict.leaked.length,
  diverged: verdict.diverged.length,
});

export function table({ verdict, faults, missing, failures, deadLetters, errors, drainedIn }: Outcome): string[] {
  return [
    ...found(verdict),
    ...section('Faults that struck', Object.entries(faults)),
    ...missing.map((name) => `  ! ${name} never struck`),
    ...failures.map((words) => `  ! ${words}`),
    ...section('Dead letters', [...deadLetters]),
    ...logged(errors),
    '',
    `Waited ${drainedIn.toFixed(1)} s until nobody had anything to do.`,
  ];
}

export const rollingTable = ({ verdict, failures, errors }: RollingOutcome): string[] => [
  ...found(verdict),
  ...failures.slice(0, SHOWN).map((words) => `  ! ${words}`),
  ...logged(errors),
];

const found = (verdict: Verdict): string[] => [
  ...section('What is there', Object.entries(countFindings(verdict))),
  ...FINDINGS.flatMap((kind) => verdict[kind].slice(0, SHOWN).map((sentence) => `  ! ${kind}: ${sentence}`)),
];

const logged = (errors: ReadonlyMap<string, number>): string[] =>
  section('Errors that servers logged', [...errors].sort(([, a], [, b]) => b - a).slice(0, SHOWN));

function section(title: string, rows: readonly (readonly [string, number])[]): string[] {
  if (rows.length === 0) return [];
  return ['', title, ...rows.map(([name, times]) => `  ${String(times).padStart(7)}  ${name}`)];
}
