import { openDatabase, type OpenDatabase } from '@parley/db';
import { createTestDatabase, type TestDatabase } from '@parley/db/testing';
import { openMailer } from '@parley/emails';
import { openSmtpService, type SmtpService } from '@parley/emails/testing';
import { invitationToken } from '@parley/jobs/invitation-token';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { workerLog } from '../logger.ts';
import { mailPartnerInvitation } from './partner-invitation-mail.ts';

const AUTH_SECRET = 'a secret of the tests, long enough for all';
const uuid = (n: number) => `01920000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const [ACME, ALICE, INVITATION] = [uuid(1), uuid(2), uuid(3)] as const;

let database: TestDatabase;
let open: OpenDatabase;
let smtp: SmtpService;
beforeEach(async () => {
  workerLog.level = 'silent';
  smtp = await openSmtpService();
  database = await createTestDatabase();
  open = openDatabase(database.url, { sees: 'everything' });
  const { kysely: db } = open;
  const acme = { id: ACME, name: 'Acme', thread_starters: 'members' as const, created_at: new Date(), version: 1 };
  await db.insertInto('org').values(acme).execute();
  await db.insertInto('person').values({ id: ALICE, name: 'Alice' }).execute();
  await db
    .insertInto('partnership_invitation')
    .values({
      id: INVITATION,
      org_id: ACME,
      email: 'carol@example.org',
      token_hash: 'what the API has stored',
      invited_by: ALICE,
      expires_at: new Date(Date.now() + 86_400_000),
    })
    .execute();
});
afterEach(async () => {
  await open.close();
  await database.drop();
  await smtp.stop();
});

const mail = () =>
  mailPartnerInvitation(
    {
      db: open.kysely,
      mailer: openMailer({ from: 'Parley <parley@chat.example.org>', smtpUrl: smtp.url, caughtFolder: '/nowhere' }),
      publicUrl: 'https://chat.example.org',
      authSecret: AUTH_SECRET,
    },
    { invitationId: INVITATION, now: Date.now() },
  );
const change = (values: Partial<Record<'revoked_at' | 'expires_at', Date>>) =>
  open.kysely.updateTable('partnership_invitation').set(values).execute();

test('is mailed to its address, with its link, once', async () => {
  const answers = await Promise.allSettled([mail(), mail()]);
  expect(answers.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(0);
  await mail();
  const [only, ...others] = await smtp.received();
  expect(others).toEqual([]);
  expect(only).toMatchObject({ to: ['carol@example.org'], subject: 'Acme would like to be partners with you' });
  const link = `https://chat.example.org/partner-invitation/${invitationToken(AUTH_SECRET, INVITATION)}`;
  for (const part of [only?.text, only?.html]) expect(part).toContain(link);
});

test.each([
  ['was revoked', () => change({ revoked_at: new Date() })],
  ['has expired', () => change({ expires_at: new Date(Date.now() - 1) })],
  ['is of an organisation that is gone', () => open.kysely.updateTable('org').set({ deleted: true }).execute()],
])('that %s is not mailed', async (_what, happen) => {
  await happen();
  await mail();
  expect(await smtp.received()).toEqual([]);
});

test('waits for a mail server that takes none now', async () => {
  smtp.answer = 'busy';
  await expect(mail()).rejects.toMatchObject({ permanent: false });
  smtp.answer = 'taken';
  await mail();
  expect(await smtp.received()).toHaveLength(1);
});
