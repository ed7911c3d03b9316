/** The worker: relays job rows, and carries out jobs. */
import { mutators } from '@parley/core/mutators';
import { isPaged, userScope } from '@parley/core/scopes';
import {
  alignGroups,
  alignPartners,
  createPostgresStorage,
  expireOldMessages,
  openDatabase,
  organisationsWithGroups,
  showPartners,
} from '@parley/db';
import { openMailer } from '@parley/emails';
import { openJobQueues } from '@parley/jobs';
import { createSyncServer, type Publish } from '@parley/sync/server';
import { setTimeout as delay } from 'node:timers/promises';
import type { WorkerEnvironment } from './env.ts';
import { HOUSEKEEPING_MS, tidy } from './housekeeping.ts';
import { workerLog } from './logger.ts';
import { mailInvitation } from './mail/invitation-mail.ts';
import { mailPartnerInvitation } from './mail/partner-invitation-mail.ts';
import { mailSignInChanged } from './mail/sign-in-changed-mail.ts';
import { mailSignInLink } from './mail/sign-in-link-mail.ts';
import { carryName } from './people/carry-name.ts';
import { mergePerson } from './people/merge-person.ts';
import { flushReceipts } from './receipts/flush-receipts.ts';
import { relay } from './relay.ts';
import { sendWhenDue } from './scheduled/send-due.ts';

const RETRY_MS = 5_000;

export interface RunningWorker {
  /** Takes nothing further, waits for what is under way, and closes what it had opened. */
  close(): Promise<void>;
}

/**
 * Starts at once, also while the database or Redis is away: both are tried until they are there. `publish` tells those
 * who are connected of what the worker wrote.
 */
export function startWorker(environment: WorkerEnvironment, publish: Publish): RunningWorker {
  const { databaseUrl, redisUrl, publicUrl, authSecret, mail } = environment;
  const database = openDatabase(databaseUrl, { sees: 'everything', connections: 4 });
  const queues = openJobQueues({
    databaseUrl,
    ...(redisUrl !== undefined && { redisUrl }),
    onError: (error, queue) => workerLog.error({ err: error, queue }, 'a job or its queue failed'),
  });
  const stop = new AbortController();
  const acts = createSyncServer({
    storage: createPostgresStorage(database.kysely),
    mutators,
    isPaged,
    ownScope: userScope,
    publish,
  });
  queues.work('housekeeping', async () => {
    const expired = await expireOldMessages(database.kysely, acts, Date.now());
    const tidied = await tidy(database.kysely, Date.now());
    workerLog.info({ ...tidied, expired }, 'tidied');
    // A store of jobs that is emptied must not leave anybody in a thread who has no business there.
    for (const orgId of await organisationsWithGroups(database.kysely))
      await alignGroups(database.kysely, acts, { orgId });
    await alignPartners(database.kysely, acts);
  });
  queues.work('partners.changed', async (partnership) => {
    const threads = await alignPartners(database.kysely, acts, partnership);
    workerLog.info({ ...partnership, threads }, 'threads were brought in line with a partnership');
  });
  queues.work('groups.changed', async (change) => {
    const looked = await alignGroups(database.kysely, acts, change);
    workerLog.info({ ...change, looked }, 'people were brought in line with their groups');
  });
  const mailing = { db: database.kysely, mailer: openMailer(mail), publicUrl, authSecret };
  queues.work('invitation.created', ({ invitationId }) => mailInvitation(mailing, { invitationId, now: Date.now() }));
  queues.work('partnership-invitation.created', ({ invitationId }) =>
    mailPartnerInvitation(mailing, { invitationId, now: Date.now() }),
  );
  queues.work('partners.shown', ({ orgId }) => showPartners(database.kysely, acts, orgId));
  queues.work('sign-in.changed', (changed) => mailSignInChanged(mailing, changed));
  queues.work('sign-in-link.asked', ({ linkId }) => mailSignInLink(mailing, { linkId, now: Date.now() }));
  queues.work('person.renamed', (person) => carryName({ db: database.kysely, acts }, person));
  queues.work('person.merged', (person) => mergePerson({ db: database.kysely, acts }, person));
  const relaying = relay(
    {
      db: database.kysely,
      queues,
      onError: (error) => workerLog.error({ err: error }, 'job rows could not be relayed'),
    },
    stop.signal,
  );
  const sending = sendWhenDue(
    {
      db: database.kysely,
      acts,
      onError: (error) => workerLog.error({ err: error }, 'a scheduled message could not be sent yet'),
    },
    stop.signal,
  );
  const flushing = flushReceipts(
    {
      db: database.kysely,
      acts,
      onError: (error) => workerLog.error({ err: error }, 'receipts could not be brought up to date yet'),
    },
    stop.signal,
  );
  const scheduling = schedule(() => queues.repeat('housekeeping', {}, { everyMs: HOUSEKEEPING_MS }), stop.signal);
  return {
    async close() {
      stop.abort();
      await Promise.all([relaying, sending, flushing, scheduling]);
      await queues.close();
      await database.close();
    },
  };
}

/** Asks for the schedule until the queue has accepted it. */
async function schedule(ask: () => Promise<void>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await ask();
      return;
    } catch (error) {
      workerLog.error({ err: error }, 'the schedule was not accepted');
      await delay(RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}
