/** `npm run holes`: opens each hole of `holes.ts`, and ends with 0 if tests turn red every time. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HOLES } from './holes.ts';

const vitest = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));

/** Runs these tests with a hole. @returns those that failed */
async function failuresWith(hole: string, tests: readonly string[]): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-hole-'));
  const report = join(folder, 'report.json');
  try {
    const run = spawn(process.execPath, [vitest, 'run', '--reporter=json', `--outputFile=${report}`, ...tests], {
      env: { ...process.env, PARLEY_HOLE: hole },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    await once(run, 'exit');
    const { testResults } = JSON.parse(await readFile(report, 'utf8')) as Report;
    return testResults.flatMap(({ assertionResults }) =>
      assertionResults.flatMap(({ status, fullName }) => (status === 'failed' ? [fullName] : [])),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}

interface Report {
  testResults: { assertionResults: { status: string; fullName: string }[] }[];
}

for (const [name, { tests }] of Object.entries(HOLES)) {
  const failures = await failuresWith(name, tests);
  process.stdout.write(`${failures.length > 0 ? 'red  ' : 'GREEN'} ${name}\n`);
  for (const failure of failures.slice(0, 3)) process.stdout.write(`        ${failure}\n`);
  if (failures.length > 3) process.stdout.write(`        and ${failures.length - 3} more\n`);
  if (failures.length === 0) process.exitCode = 1;
}
