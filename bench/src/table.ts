import type { Result } from './contest.ts';

const HEAD = ['', 'what', 'unit', 'ours', 'limit', 'peer', 'ratio (spread)', 'goal', 'holds', 'grows by'];

/** The results as a table of a terminal, with the names of the rivals below it. */
export function tableOf(results: readonly Result[]): string {
  const rows = results.map((result) => [
    result.id,
    result.what + (result.size === null ? '' : ` (${result.size.toLocaleString('en')})`),
    result.unit,
    figure(result.ours),
    figure(result.limit),
    result.notRun === null ? figure(result.peer) : 'not run',
    result.ratio === null ? '' : `${figure(result.ratio)} (${result.spread?.map(figure).join('–')})`,
    result.goal,
    result.holds === null ? '' : result.holds ? 'yes' : 'no',
    result.growth === null ? '' : `n^${result.growth.toFixed(2)}`,
  ]);
  const widths = HEAD.map((head, column) => Math.max(...[HEAD, ...rows].map((row) => (row[column] ?? head).length)));
  const line = (row: readonly string[]) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
  return [HEAD, ...rows].map((row) => line(row).trimEnd()).join('\n') + notesOn(results);
}

function notesOn(results: readonly Result[]): string {
  const notes = new Set<string>();
  for (const { id, against, notRun } of results) {
    if (against !== '') notes.add(`${id} against ${against}`);
    if (notRun !== null) notes.add(`${id} without ${notRun}`);
  }
  return notes.size > 0 ? `\n\n${[...notes].join('\n')}` : '';
}

/** Three digits are as many as a noisy machine is good for. */
function figure(value: number | null): string {
  if (value === null) return '';
  if (value >= 1_000) return Math.round(value).toLocaleString('en');
  return value.toPrecision(3);
}
