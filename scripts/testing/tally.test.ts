import { expect, test } from 'vitest';
import { stumbled, sum, tallyPlaywright, tallyVitest } from './tally.mjs';

const file = (status: string, ...statuses: string[]) => ({
  status,
  assertionResults: statuses.map((each) => ({ status: each })),
});

test('passes count, and everything else counts as a failure', () => {
  const report = {
    testResults: [file('passed', 'passed', 'passed'), file('failed', 'passed', 'failed', 'pending', 'todo')],
  };
  expect(tallyVitest(report, 1)).toEqual({ passed: 3, failed: 3 });
});

test('a file that could not be loaded is a failure', () => {
  expect(tallyVitest({ testResults: [file('passed', 'passed'), file('failed')] }, 1)).toEqual({ passed: 1, failed: 1 });
});

test('an error outside every test is a failure', () => {
  expect(tallyVitest({ testResults: [file('passed', 'passed')] }, 1)).toEqual({ passed: 1, failed: 1 });
  expect(tallyPlaywright({ suites: [], errors: [] }, 1)).toEqual({ passed: 0, failed: 1 });
  expect(tallyPlaywright({ suites: [], errors: [{ message: 'config' }] }, 1)).toEqual({ passed: 0, failed: 1 });
});

test('a runner that left no report has failed', () => {
  expect(sum([tallyVitest(undefined, 0), tallyPlaywright(undefined, 0)])).toEqual({ passed: 0, failed: 2 });
});

const journey = (title: string, status: string, path?: string) => ({
  title,
  tests: [{ status, results: [{ attachments: path ? [{ name: 'error-context', path }] : [] }] }],
});

test('journeys are counted through nested suites; a skipped one is a failure, a second walk is not', () => {
  const report = {
    errors: [],
    suites: [
      { specs: [journey('a', 'expected'), journey('b', 'skipped')], suites: [{ specs: [journey('c', 'flaky')] }] },
      { specs: [journey('d', 'unexpected')] },
    ],
  };
  expect(tallyPlaywright(report, 1)).toEqual({ passed: 2, failed: 2 });
});

test('journeys that stumbled are named, with what their pages showed', () => {
  const report = {
    suites: [
      { specs: [journey('a', 'expected')], suites: [{ specs: [journey('c', 'flaky', '/page.md')] }] },
      { specs: [journey('d', 'unexpected')] },
    ],
  };
  expect(stumbled(report)).toEqual([
    { title: 'c', again: true, pages: ['/page.md'] },
    { title: 'd', again: false, pages: [] },
  ]);
  expect(stumbled(undefined)).toEqual([]);
});
