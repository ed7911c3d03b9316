import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { build } from './bootstrap/build.mjs';
import { inWords } from './bootstrap/in-words.mjs';
import { ensureInstalled } from './bootstrap/install.mjs';
import { assertNodeCanBoot, findNode } from './bootstrap/node.mjs';
import { root } from './bootstrap/run-quietly.mjs';
import { startRedis } from './testing/redis.mjs';
import { ensureSystemPackages } from './testing/system-packages.mjs';
import { stumbled, sum, tallyPlaywright, tallyVitest } from './testing/tally.mjs';

const reports = `${root}reports`;

/**
 * `npm test`: installs what tests need and runs everything; `npm test -- PATH…` runs only Vitest's files below those
 * paths. The last line is the sum: `N passed, N failed`.
 */
await inWords(async () => {
  const say = (line) => process.stdout.write(`${line}\n`);
  const filter = process.argv.slice(2);
  assertNodeCanBoot();
  await ensureSystemPackages({ say });
  await ensureInstalled({ full: true, say });
  rmSync(reports, { recursive: true, force: true });
  mkdirSync(reports);

  const tallies = [await tallyBuild(say)];
  const redis = await startRedis();
  try {
    tallies.push(await runVitest(filter, redis.url));
    if (filter.length === 0) tallies.push(await runPlaywright(redis.url, say));
  } finally {
    await redis.stop();
  }

  if (filter.length > 0) say(`\nFiltered: only Vitest's files matching ${filter.join(', ')}; no journeys.`);
  const { passed, failed } = sum(tallies);
  say(`${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0 ? 0 : 1;
});

/** A web app that cannot be built is a failure, and no reason to keep quiet about the rest. */
async function tallyBuild(say) {
  try {
    await build({ say });
    return { passed: 0, failed: 0 };
  } catch (error) {
    say(error.message);
    return { passed: 0, failed: 1 };
  }
}

async function runVitest(filter, redisUrl) {
  const report = `${reports}/vitest.json`;
  const code = await runTool(
    'node_modules/vitest/vitest.mjs',
    ['run', ...filter, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
    { env: { TEST_REDIS_URL: redisUrl } },
  );
  return tallyVitest(readReport(report), code);
}

async function runPlaywright(redisUrl, say) {
  const report = `${reports}/playwright.json`;
  const code = await runTool('node_modules/@playwright/test/cli.js', ['test', '--reporter=list,json'], {
    folder: `${root}e2e/`,
    env: { TEST_REDIS_URL: redisUrl, PLAYWRIGHT_JSON_OUTPUT_FILE: report },
  });
  const result = readReport(report);
  for (const { title, again, pages } of stumbled(result)) {
    say(`\n${again ? 'Went through at the second walk only' : 'Failed'}: ${title}`);
    for (const page of pages) say(readFileSync(page, 'utf8').slice(0, 6_000));
  }
  return tallyPlaywright(result, code);
}

/** Runs a tool of the project under its own Node, with our terminal. Resolves to its exit code. */
function runTool(script, args, { folder = root, env }) {
  return new Promise((resolve, reject) => {
    const path = `${root}node_modules/.bin:${process.env.PATH ?? ''}`;
    const child = spawn(findNode(), [folder + script, ...args], {
      cwd: folder,
      env: { ...process.env, PATH: path, ...env },
      stdio: 'inherit',
    });
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

function readReport(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}
