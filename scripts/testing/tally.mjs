/**
 * Sums what ran. Whatever is not a pass is a failure: a test that failed, was skipped or was flaky, a file that could
 * not be loaded, an error outside every test.
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
  const statuses = report.suites.flatMap(testsOf).map(({ status }) => status);
  const passed = statuses.filter((status) => status === 'expected').length;
  return atLeastOneFailure({ passed, failed: statuses.length - passed + report.errors.length }, exitCode);
}

export function sum(tallies) {
  return tallies.reduce(
    (total, { passed, failed }) => ({ passed: total.passed + passed, failed: total.failed + failed }),
    { passed: 0, failed: 0 },
  );
}

function testsOf(suite) {
  return [...(suite.specs ?? []).flatMap(({ tests }) => tests), ...(suite.suites ?? []).flatMap(testsOf)];
}

/** A runner that ends badly without a failed test has met an error outside of them. */
function atLeastOneFailure(tally, exitCode) {
  return exitCode !== 0 && tally.failed === 0 ? { ...tally, failed: 1 } : tally;
}
