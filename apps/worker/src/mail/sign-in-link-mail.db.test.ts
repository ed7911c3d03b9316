import { openDatabase, type OpenDatabase } from '@parley/db';
import { createTestDatabase, type TestDatabase } from '@parley/db/testing';
import { openMailer } from '@parley/emails';
import { openSmtpService, type SmtpService } from '@parley/emails/testing';
import { signInLinkToken } from '@parley/jobs/sign-in-link';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { workerLog } from '../logger.ts';
import { mailSignInLink } from './sign-in-link-mail.ts';

const AUTH_SECRET = 'a secret of the tests, long enough for all';
const uuid = (n: number) => `01920000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const [ALICE, LINK] = [uuid(1), uuid(2)] as const;
const NOW = Date.now();

let database: TestDatabase;
let open: OpenDatabase;
let smtp: SmtpService;
beforeEach(async () => {
  workerLog.level = 'silent';
  smtp = await openSmtpService();
  database = await createTestDatabase();
  open = openDatabase(database.url, { sees: 'everything' });
  await open.kysely.insertInto('person').values({ id: ALICE, name: 'Alice' }).execute();
  await open.kysely.insertInto('auth_user').values({ id: ALICE, name: 'Alice', email: 'alice@example.org' }).execute();
});
afterEach(async () => {
  await open.close();
  await database.drop();
  await smtp.stop();
});

const issue = (value: string) =>
  open.kysely
    .insertInto('auth_verification')
    .values({ id: LINK, identifier: 'link:hash', value, expires_at: new Date(NOW + 10 * 60_000) })
    .execute();

const mail = (now = NOW) => {
  const mailer = openMailer({ from: 'Parley <parley@chat.example.org>', smtpUrl: smtp.url, caughtFolder: '/nowhere' });
  return mailSignInLink(
    { db: open.kysely, mailer, publicUrl: 'https://chat.example.org', authSecret: AUTH_SECRET },
    { linkId: LINK, now },
  );
};

test('the person gets the link whose token the server knows by its hash', async () => {
  await issue(ALICE);
  await mail();
  const [sent, ...more] = await smtp.received();
  expect(more).toEqual([]);
  expect(sent).toMatchObject({ to: ['alice@example.org'] });
  expect(sent?.text).toContain(`https://chat.example.org/sign-in-link#token=${signInLinkToken(AUTH_SECRET, LINK)}`);
});

test.each([
  ['nobody signs in with the address', 'nobody', 0],
  ['it is over', ALICE, 10 * 60_000],
])('nothing is sent where %s', async (_why, value, later) => {
  await issue(value);
  await mail(NOW + later);
  expect(await smtp.received()).toEqual([]);
});

test('nothing is sent for a link that was used', async () => {
  await mail();
  expect(await smtp.received()).toEqual([]);
});
