import { expect, test } from 'vitest';
import { base32, newTotpSecret, totpCode, totpStepOf, totpUri } from './totp.ts';

// RFC 6238, appendix B, for SHA-1; the last six of its eight digits.
const secret = base32(Buffer.from('12345678901234567890'));

test.each([
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
  [20_000_000_000, '353130'],
])('at %i seconds the code is %s', (seconds, code) => {
  expect(totpCode(secret, Math.floor(seconds / 30))).toBe(code);
  expect(totpStepOf(secret, { code, now: seconds * 1000 })).toBe(Math.floor(seconds / 30));
});

test('a code holds for one step more to either side, and no longer', () => {
  const now = 1_111_111_110_000;
  const step = now / 30_000;
  const held = [-2, -1, 0, 1, 2].map((away) => totpStepOf(secret, { code: totpCode(secret, step + away), now }));
  expect(held).toEqual([null, step - 1, step, step + 1, null]);
});

test('secrets are 160 bits, and name the account in the URI', () => {
  expect(newTotpSecret()).toMatch(/^[A-Z2-7]{32}$/);
  expect(newTotpSecret()).not.toBe(newTotpSecret());
  expect(totpUri('ABC', { issuer: 'Parley', account: 'a&b@example.org' })).toBe(
    'otpauth://totp/Parley:a%26b%40example.org?secret=ABC&issuer=Parley',
  );
});
