import { expect, test } from 'vitest';
import { sum, tallyPlaywright, tallyVitest } from './tally.mjs';

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

test('journeys are counted through nested suites; skipped and flaky ones are failures', () => {
  const spec = (status: string) => ({ tests: [{ status }] });
  const report = {
    errors: [],
    suites: [
      { specs: [spec('expected'), spec('skipped')], suites: [{ specs: [spec('expected'), spec('flaky')] }] },
      { specs: [spec('unexpected')] },
    ],
  };
  expect(tallyPlaywright(report, 1)).toEqual({ passed: 2, failed: 3 });
});
