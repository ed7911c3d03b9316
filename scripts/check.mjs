import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inWords } from './bootstrap/in-words.mjs';
import { ensureInstalled } from './bootstrap/install.mjs';
import { assertNodeCanBoot, findNode } from './bootstrap/node.mjs';
import { StepError, root, runQuietly } from './bootstrap/run-quietly.mjs';
import { findBrokenLinks, runnableExamples } from './checks/documents.mjs';
import { checkEvidence } from './checks/evidence.mjs';
import { findForbiddenLicences } from './checks/licences.mjs';
import { checkRules } from './checks/rules.mjs';
import { sourceFiles } from './checks/source-files.mjs';

const steps = {
  Format: () => tool('prettier', ['--check', '--log-level', 'warn', '.']),
  Lint: () => tool('oxlint', ['--type-aware', '--deny-warnings', '--format=unix']),
  Types: async () => {
    await tool('tsc', ['-b']);
    await tool('tsc', ['-p', 'scripts']);
  },
  Boundaries: checkBoundaries,
  'Dead code': () => tool('knip', ['--no-progress', '--no-config-hints']),
  Dependencies: checkDependencies,
  Licences: checkLicences,
  Docs: checkDocuments,
  Rules: checkQuotes,
  Evidence: checkClaims,
};

/** `npm run check`: the one gate, the same here and on a build machine. Runs every step, then says which failed. */
await inWords(async () => {
  const say = (line) => process.stdout.write(`${line}\n`);
  assertNodeCanBoot();
  await ensureInstalled({ full: true, say });
  const failed = [];
  for (const [name, step] of Object.entries(steps)) {
    const start = performance.now();
    try {
      const note = await step();
      say(`✓ ${name}${note ? ` (${note})` : ''}  ${seconds(start)}`);
    } catch (error) {
      failed.push(name);
      say(`✗ ${name}  ${seconds(start)}\n${indent(error instanceof StepError ? error.message : error.stack)}`);
    }
  }
  say(failed.length === 0 ? 'All checks passed.' : `Failed: ${failed.join(', ')}.`);
  return failed.length === 0 ? 0 : 1;
});

function tool(name, args) {
  return runQuietly(`${root}node_modules/.bin/${name}`, args, { what: name }).then(() => undefined);
}

async function checkBoundaries() {
  // Loaded late: it needs the installed compiler.
  const { findForbiddenImports } = await import('./checks/import-rules.mjs');
  const files = sourceFiles(/^(apps|packages)\/.*\.tsx?$/);
  const problems = files.flatMap((path) =>
    findForbiddenImports(path, readFileSync(root + path, 'utf8')).map(
      ({ line, message }) => `${path}:${line} ${message}`,
    ),
  );
  failWith(problems);
  return `${files.length} files`;
}

async function checkDependencies() {
  // The tools of the start are dependencies of the root, because a start installs nothing else.
  await tool('sherif', ['-r', 'root-package-dependencies']);
  // A fresh clone refuses a lockfile that says something else than the packages do.
  await tool('pnpm', ['install', '--frozen-lockfile', '--lockfile-only', '--offline']);
  try {
    await runQuietly(`${root}node_modules/.bin/pnpm`, ['-r', 'audit', '--prod'], { what: 'pnpm audit' });
    return 'no known advisory';
  } catch (error) {
    if (!/AUDIT_BAD_RESPONSE|ENOTFOUND|ECONN|EAI_AGAIN|ETIMEDOUT|FETCH|error sending request/i.test(error.message)) {
      throw error;
    }
    return 'advisories not checked: the registry does not answer';
  }
}

async function checkLicences() {
  const report = await runQuietly(`${root}node_modules/.bin/pnpm`, ['-r', 'licenses', 'list', '--prod', '--json'], {
    what: 'pnpm licenses',
  });
  const byLicence = JSON.parse(report);
  failWith(findForbiddenLicences(byLicence));
  return `${Object.values(byLicence).flat().length} packages`;
}

async function checkDocuments() {
  let ran = 0;
  const problems = [];
  const folder = mkdtempSync(join(root, 'node_modules', '.parley-examples-'));
  try {
    for (const path of sourceFiles(/\.md$/)) {
      const markdown = readFileSync(root + path, 'utf8');
      problems.push(...findBrokenLinks(root, path, markdown));
      for (const { language, code, line } of runnableExamples(markdown)) {
        const file = join(folder, `example-${(ran += 1)}.${language}`);
        writeFileSync(file, code);
        const [command, args] = language === 'ts' ? [findNode(), [file]] : ['sh', ['-eu', file]];
        await runQuietly(command, args, { what: `The example at ${path}:${line}` }).catch((error) => {
          problems.push(error.message);
        });
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  failWith(problems);
  return `${ran} examples run`;
}

async function checkQuotes() {
  const { rules, problems } = checkRules();
  failWith(problems);
  return `${rules} rules`;
}

async function checkClaims() {
  const { summary, problems } = checkEvidence();
  failWith(problems);
  return summary;
}

function failWith(problems) {
  if (problems.length > 0) throw new StepError(problems.join('\n'));
}

function seconds(start) {
  return `${((performance.now() - start) / 1000).toFixed(1)} s`;
}

function indent(text) {
  return text.trimEnd().replaceAll(/^/gm, '    ');
}
