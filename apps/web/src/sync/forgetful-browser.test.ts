import { expect, test } from 'vitest';
import { isSafari } from './forgetful-browser.ts';

test.each([
  ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.1 Safari/605.1.15', 'Apple Computer, Inc.', true],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) CriOS/131.0 Mobile Safari/604.1',
    'Apple Computer, Inc.',
    true,
  ],
  ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Chrome/131.0.0.0 Safari/537.36', 'Google Inc.', false],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0', '', false],
])('%s', (userAgent, vendor, safari) => {
  expect(isSafari({ userAgent, vendor })).toBe(safari);
});
