import { expect, test } from 'vitest';
import { findForbiddenLicences } from './licences.mjs';

const one = [{ name: 'left-pad', versions: ['1.0.0'] }];

test.each(['MIT', '(MIT OR GPL-3.0-only)', 'Apache-2.0 AND MIT'])('%s may be shipped', (licence) => {
  expect(findForbiddenLicences({ [licence]: one })).toEqual([]);
});

test.each(['GPL-3.0-only', 'AGPL-3.0-only', 'Unknown', 'MIT AND GPL-2.0-only', 'BUSL-1.1'])(
  '%s is named',
  (licence) => {
    expect(findForbiddenLicences({ MIT: one, [licence]: one })).toEqual([`left-pad 1.0.0: ${licence}`]);
  },
);
