import type { Command } from './command.ts';

const CALL = 'npm run parley --';

/** All commands, a line each. */
export function helpForAll(commands: readonly Command[]): string {
  const rows = commands.map(
    ({ name, usage, summary }) => [`${name} ${usage.split(/ ?(?:\[|--)/)[0]}`.trim(), summary] as const,
  );
  return [
    `Usage: ${CALL} COMMAND`,
    '',
    ...columns(rows),
    '',
    `${CALL} help COMMAND tells more. Settings are those of npm start: DATA_DIR, DATABASE_URL, PUBLIC_URL.`,
  ].join('\n');
}

/** One command with its options. */
export function helpFor({ name, usage, summary, options }: Command): string {
  return [`Usage: ${CALL} ${`${name} ${usage}`.trim()}`, '', summary, '', ...columns(options)].join('\n').trimEnd();
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(0, ...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
