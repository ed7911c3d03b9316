import { openDatabase, type OpenDatabase } from '@parley/db';
import { createTestDatabase, type TestDatabase } from '@parley/db/testing';
import { openMailer, type Mailer } from '@parley/emails';
import { openSmtpService, type SmtpService } from '@parley/emails/testing';
import { invitationToken } from '@parley/jobs/invitation-token';
import { openTestRedis, type TestRedis } from '@parley/jobs/testing';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { workerLog } from '../logger.ts';
import { startWorker } from '../worker.ts';
import { mailInvitation } from './invitation-mail.ts';

const PUBLIC_URL = 'https://chat.example.org';
const AUTH_SECRET = 'a secret of the tests, long enough for all';
const FROM = 'Parley <parley@chat.example.org>';
const DAY = 86_400_000;
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
  await db
    .insertInto('org')
    .values({ id: ACME, name: 'Acme', thread_starters: 'members', created_at: new Date(), version: 1 })
    .execute();
  await db.insertInto('person').values({ id: ALICE, name: 'Alice' }).execute();
  await db
    .insertInto('invitation')
    .values({
      id: INVITATION,
      org_id: ACME,
      email: 'bob@example.org',
      role: 'member',
      token_hash: 'what the API has stored',
      invited_by: ALICE,
      expires_at: new Date(Date.now() + 14 * DAY),
    })
    .execute();
});
afterEach(async () => {
  await open.close();
  await database.drop();
  await smtp.stop();
});

const toServer = () => openMailer({ from: FROM, smtpUrl: smtp.url, caughtFolder: '/nowhere' });

/** Mails Bob's invitation as a worker would that looks at the clock so many milliseconds from now. */
const mail = ({ mailer = toServer(), after = 0 }: { mailer?: Mailer; after?: number } = {}) =>
  mailInvitation(
    { db: open.kysely, mailer, publicUrl: PUBLIC_URL, authSecret: AUTH_SECRET },
    { invitationId: INVITATION, now: Date.now() + after },
  );

const change = (values: Partial<Record<'accepted_at' | 'revoked_at' | 'expires_at', Date>>) =>
  open.kysely.updateTable('invitation').set(values).where('id', '=', INVITATION).execute();

describe('an invitation', () => {
  test('is mailed to its address, with its link, from whoever invites', async () => {
    await mail();
    const [only, ...others] = await smtp.received();
    expect(others).toEqual([]);
    expect(only).toMatchObject({ from: FROM, to: ['bob@example.org'], subject: 'Alice invites you to Acme' });
    expect(only?.headers.get('auto-submitted')).toBe('auto-generated');
    const link = `${PUBLIC_URL}/invitation/${invitationToken(AUTH_SECRET, INVITATION)}`;
    for (const part of [only?.text, only?.html]) expect(part).toContain(link);
  });

  test('is mailed once', async () => {
    await mail();
    await mail();
    expect(await smtp.received()).toHaveLength(1);
  });

  test('is mailed by one of two workers', async () => {
    const answers = await Promise.allSettled([mail(), mail()]);
    expect(answers.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(0);
    await mail();
    expect(await smtp.received()).toHaveLength(1);
  });

  test.each([
    ['was accepted', () => change({ accepted_at: new Date() })],
    ['was revoked', () => change({ revoked_at: new Date() })],
    ['has expired', () => change({ expires_at: new Date(Date.now() - 1) })],
    ['is gone', () => open.kysely.deleteFrom('invitation').execute()],
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

  test('to an address that does not exist is given up', async () => {
    smtp.answer = 'unknown recipient';
    await mail();
    expect(await open.kysely.selectFrom('invitation').select('mailed_at').execute()).toEqual([{ mailed_at: null }]);
  });
});

describe('a worker that was killed in the middle of a mail', () => {
  /** Kills a worker process that has handed over the mail and has not heard that it was taken. */
  async function killInMidMail(): Promise<void> {
    smtp.answer = 'silent';
    const worker = fork(new URL('../main.ts', import.meta.url).pathname, {
      execArgv: [],
      env: {
        ...process.env,
        DATABASE_URL: database.url,
        REDIS_URL: '',
        LOG_LEVEL: 'error',
        DATA_DIR: '/nowhere',
        PUBLIC_URL,
        AUTH_SECRET,
        MAIL_FROM: FROM,
        SMTP_URL: smtp.url,
      },
    });
    await addJob();
    await vi.waitFor(async () => expect(await smtp.received()).toHaveLength(1), { timeout: 30_000 });
    worker.kill('SIGKILL');
    await once(worker, 'exit');
    smtp.answer = 'taken';
  }

  test('leaves its claim; after it the mail goes out under the same name', async () => {
    await killInMidMail();
    await expect(mail()).rejects.toThrow('Another worker is mailing this invitation.');
    await mail({ after: 61_000 });
    const identities = (await smtp.received()).map(({ identity }) => identity);
    expect(identities).toEqual(Array(2).fill(`<invitation-${INVITATION}@chat.example.org>`));
    await mail({ after: 200_000 });
    expect(await smtp.received()).toHaveLength(2);
  });
});

describe('where no way for mail is configured', () => {
  test('it is kept below the data directory', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'parley-worker-'));
    onTestFinished(() => rm(dataDir, { recursive: true }));
    await mail({ mailer: openMailer({ from: FROM, caughtFolder: join(dataDir, 'mail') }) });
    expect(await readdir(join(dataDir, 'mail'))).toEqual([`invitation-${INVITATION}.json`]);
  });
});

describe.each(['PostgreSQL', 'Redis'] as const)('jobs on %s', (store) => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await openTestRedis({ isShared: false });
  });
  afterAll(() => redis.stop());

  test('bring a job row to the mail server', async () => {
    const worker = startWorker(
      {
        databaseUrl: database.url,
        ...(store === 'Redis' && { redisUrl: redis.url }),
        publicUrl: PUBLIC_URL,
        authSecret: AUTH_SECRET,
        mail: { from: FROM, smtpUrl: smtp.url, caughtFolder: '/nowhere' },
        logLevel: 'error',
      },
      () => undefined,
    );
    onTestFinished(() => worker.close());
    await addJob();
    await vi.waitFor(async () => expect(await smtp.received()).toHaveLength(1), { timeout: 30_000 });
    await vi.waitFor(async () => expect(await open.kysely.selectFrom('job').selectAll().execute()).toEqual([]));
  });
});

async function addJob(): Promise<void> {
  const payload = JSON.stringify({ invitationId: INVITATION });
  await open.kysely.insertInto('job').values({ kind: 'invitation.created', payload }).execute();
}
