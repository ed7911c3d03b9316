import { openDatabase, type OpenDatabase } from '@parley/db';
import { createTestDatabase, type TestDatabase } from '@parley/db/testing';
import { openMailer } from '@parley/emails';
import { openSmtpService, type SmtpService } from '@parley/emails/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { workerLog } from '../logger.ts';
import { mailSignInChanged } from './sign-in-changed-mail.ts';

const uuid = (n: number) => `01920000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const [ALICE, CHANGE] = [uuid(1), uuid(2)] as const;

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

const mail = () => {
  const mailer = openMailer({ from: 'Parley <parley@chat.example.org>', smtpUrl: smtp.url, caughtFolder: '/nowhere' });
  return mailSignInChanged(
    { db: open.kysely, mailer, publicUrl: 'https://chat.example.org' },
    { personId: ALICE, change: 'password', at: 1_772_355_600_000, changeId: CHANGE },
  );
};

test('the person is told what changed; a second copy has the same name', async () => {
  await mail();
  await mail();
  const received = await smtp.received();
  expect(received).toMatchObject([{ to: ['alice@example.org'], subject: 'Your password was changed' }, {}]);
  expect(new Set(received.map(({ identity }) => identity)).size).toBe(1);
});

test('waits for a mail server that takes none now; gives up an address that does not exist', async () => {
  smtp.answer = 'busy';
  await expect(mail()).rejects.toMatchObject({ permanent: false });
  smtp.answer = 'unknown recipient';
  await mail();
});

test('nothing is sent to somebody who has no account any more', async () => {
  await open.kysely.deleteFrom('auth_user').execute();
  await mail();
  expect(await smtp.received()).toEqual([]);
});
