/**
 * Sums what ran. Whatever is not a pass is a failure: a test that failed or was skipped, a file that could not be
 * loaded, an error outside every test. A journey that went through at its second walk has passed, and is named.
 */

/** Counts Vitest's JSON report; `undefined` if it left none. */
export function tallyVitest(report, exitCode) {
  if (!report) return { passed: 0, failed: 1 };
  const tests = report.testResults.flatMap((file) => file.assertionResults);
  const passed = tests.filter(({ status }) => status === 'passed').length;
  const unloaded = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.every(({ status }) => status === 'passed'),
  ).length;
  return atLeastOneFailure({ passed, failed: tests.length - passed + unloaded }, exitCode);
}

/** Counts Playwright's JSON report; `undefined` if it left none. */
export function tallyPlaywright(report, exitCode) {
  if (!report) return { passed: 0, failed: 1 };
  const statuses = report.suites.flatMap(journeysOf).map(({ status }) => status);
  const passed = statuses.filter((status) => status === 'expected' || status === 'flaky').length;
  return atLeastOneFailure({ passed, failed: statuses.length - passed + report.errors.length }, exitCode);
}

/**
 * The journeys of Playwright's JSON report that stumbled: `again` is whether the second walk went through, `pages` are
 * the files that say what the pages showed when it happened.
 */
export function stumbled(report) {
  return (report?.suites ?? [])
    .flatMap(journeysOf)
    .filter(({ status }) => status === 'flaky' || status === 'unexpected')
    .map(({ title, status, results }) => ({
      title,
      again: status === 'flaky',
      pages: results.flatMap(({ attachments }) =>
        attachments.flatMap(({ name, path }) => (name === 'error-context' && path ? [path] : [])),
      ),
    }));
}

export function sum(tallies) {
  return tallies.reduce(
    (total, { passed, failed }) => ({ passed: total.passed + passed, failed: total.failed + failed }),
    { passed: 0, failed: 0 },
  );
}

function journeysOf(suite) {
  const own = (suite.specs ?? []).flatMap(({ title, tests }) => tests.map((test) => ({ title, ...test })));
  return [...own, ...(suite.suites ?? []).flatMap(journeysOf)];
}

/** A runner that ends badly without a failed test has met an error outside of them. */
function atLeastOneFailure(tally, exitCode) {
  return exitCode !== 0 && tally.failed === 0 ? { ...tally, failed: 1 } : tally;
}
