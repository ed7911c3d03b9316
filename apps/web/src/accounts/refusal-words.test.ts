import { TRPCClientError } from '@trpc/client';
import { expect, test } from 'vitest';
import { refusalWords } from './refusal-words.ts';

function refusal(data: object): unknown {
  return TRPCClientError.from({ error: { code: -32_600, message: 'in the server’s words', data } });
}

test('an answer that never came is named as such', () => {
  expect(refusalWords(new TypeError('Failed to fetch')).code).toBe('UNREACHABLE');
  expect(refusalWords(TRPCClientError.from(new SyntaxError('<!doctype html>'))).code).toBe('UNREACHABLE');
});

test.each([
  [{ code: 'INVALID_CREDENTIALS' }, 'E-mail and password do not match.'],
  [{ code: 'RATE_LIMITED', retryAfterSeconds: 31.2 }, 'Too many tries. Try again in 32 seconds.'],
  [{ code: 'RATE_LIMITED', retryAfterSeconds: 840 }, 'Too many tries. Try again in 14 minutes.'],
  [{ code: 'RATE_LIMITED' }, 'Too many tries. Wait a little and try again.'],
  [{ code: 'A_NEW_CODE' }, 'Something went wrong on the server. Try again in a moment.'],
])('%j', (data, text) => {
  expect(refusalWords(refusal(data)).text).toBe(text);
});

test('what is wrong with a field is said at the field', () => {
  const { fields } = refusalWords(refusal({ code: 'INVALID', issues: [{ path: 'email', message: 'Invalid' }] }));
  expect(Object.keys(fields)).toEqual(['email']);
  expect(refusalWords(refusal({ code: 'PASSWORD_TOO_WEAK' })).fields).toHaveProperty('password');
});

test('a link that was cut off is called that: nothing is marked anywhere', () => {
  const cut = refusalWords(refusal({ code: 'INVALID', issues: [{ path: 'token', message: 'Too small' }] }));
  expect(cut.text).toBe('A part of the link is missing. Open the whole link, or ask for a new one.');
  expect(cut.fields).toEqual({});
});
