import { expect, test } from 'vitest';
import { invitationToken } from './invitation-token.ts';

const SECRET = 'a secret of the tests, long enough for all';

test('is the same wherever it is made, and another for each invitation and each secret', () => {
  const token = invitationToken(SECRET, 'one');
  expect(token).toMatch(/^[\w-]{43}$/);
  expect(invitationToken(SECRET, 'one')).toBe(token);
  expect(invitationToken(SECRET, 'two')).not.toBe(token);
  expect(invitationToken(`${SECRET}.`, 'one')).not.toBe(token);
});

test('stays what it is: links that were sent must go on to work', () => {
  expect(invitationToken(SECRET, '01920000-0000-7000-8000-000000000001')).toBe(
    'XeyWTk99x_H1lHYptUiD3mYviIC6hi8yGMJQNtpidSk',
  );
});
