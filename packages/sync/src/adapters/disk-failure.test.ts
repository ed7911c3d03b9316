import { expect, test } from 'vitest';
import { diskFailure } from './disk-failure.ts';

const named = (name: string, rest: object = {}) => Object.assign(new Error(name), { name, ...rest });

test('[DISK1] knows what the errors of IndexedDB mean', () => {
  expect(diskFailure(new DOMException('', 'QuotaExceededError'))).toBe('full');
  expect(diskFailure(new DOMException('', 'InvalidStateError'))).toBe('lost');
  expect(diskFailure(new DOMException('', 'NotFoundError'))).toBe('corrupt');
  expect(diskFailure(new DOMException('', 'UnknownError'))).toBe('failed');
  expect(diskFailure(named('DatabaseClosedError'))).toBe('lost');
});

test('[DISK1] looks into what an error was made of: the worst of it decides', () => {
  expect(diskFailure(named('AbortError', { inner: new DOMException('', 'QuotaExceededError') }))).toBe('full');
  expect(diskFailure(named('OpenFailedError', { inner: new DOMException('', 'VersionError') }))).toBe('corrupt');
  expect(diskFailure(named('BulkError', { failures: [new DOMException('', 'QuotaExceededError')] }))).toBe('full');
  expect(diskFailure(named('AbortError'))).toBe('lost');
});

test('[DISK1] takes no mistake of the program for a failure of the disk', () => {
  for (const error of [named('Fenced'), named('ConstraintError'), new TypeError('x'), named('DataCloneError'), null]) {
    expect(diskFailure(error)).toBeNull();
  }
});
