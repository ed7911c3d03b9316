/** Brings a database to the newest schema. */
import { sql, type Kysely } from 'kysely';
import { Migrator, type Migration } from 'kysely/migration';
import { grantToApplication } from './application-role.ts';
import { applicationRole, openDatabase } from './connection.ts';
import * as firstTables from './migrations/0001-first-tables.ts';
import * as mailedInvitations from './migrations/0002-mailed-invitations.ts';
import * as lifeOfAThread from './migrations/0003-life-of-a-thread.ts';
import * as forwardedMessages from './migrations/0004-forwarded-messages.ts';
import * as personSettings from './migrations/0004-person-settings.ts';
import * as pinnedAndSavedMessages from './migrations/0004-pinned-and-saved-messages.ts';
import * as drafts from './migrations/0005-drafts.ts';
import * as accounts from './migrations/0006-accounts.ts';
import * as members from './migrations/0007-members.ts';
import * as organisationSettings from './migrations/0007-organisation-settings.ts';
import * as slackImports from './migrations/0007-slack-imports.ts';
import * as ageOfTombstones from './migrations/0008-age-of-tombstones.ts';
import * as receipts from './migrations/0009-receipts.ts';
import * as groups from './migrations/0010-groups.ts';
import * as ownNames from './migrations/0011-own-names.ts';
import * as retention from './migrations/0012-retention.ts';
import * as partners from './migrations/0013-partners.ts';
import * as partnershipInvitations from './migrations/0013-partnership-invitations.ts';
import * as notes from './migrations/0014-notes.ts';
import * as notesAge from './migrations/0014-notes-age.ts';
import * as auditEvents from './migrations/0016-audit-events.ts';
import * as externalThreads from './migrations/0016-external-threads.ts';
import * as legalHold from './migrations/0017-legal-hold.ts';
import * as threadInvitations from './migrations/0019-thread-invitations.ts';
import * as rowLevelSecurity from './migrations/0020-row-level-security.ts';
import * as invisible from './migrations/0022-invisible.ts';
import * as lastSeen from './migrations/0023-last-seen.ts';
import * as costOfPolicies from './migrations/0024-cost-of-policies.ts';
import type { Database } from './tables.ts';

/** In the order of their names. A migration that was released is never changed. */
const migrations: Record<string, Migration> = {
  '0001-first-tables': firstTables,
  '0002-mailed-invitations': mailedInvitations,
  '0003-life-of-a-thread': lifeOfAThread,
  '0004-forwarded-messages': forwardedMessages,
  '0004-person-settings': personSettings,
  '0004-pinned-and-saved-messages': pinnedAndSavedMessages,
  '0005-drafts': drafts,
  '0006-accounts': accounts,
  '0007-members': members,
  '0007-organisation-settings': organisationSettings,
  '0007-slack-imports': slackImports,
  '0008-age-of-tombstones': ageOfTombstones,
  '0009-receipts': receipts,
  '0010-groups': groups,
  '0011-own-names': ownNames,
  '0012-retention': retention,
  '0013-partners': partners,
  '0013-partnership-invitations': partnershipInvitations,
  '0014-notes': notes,
  '0014-notes-age': notesAge,
  '0016-audit-events': auditEvents,
  '0016-external-threads': externalThreads,
  '0017-legal-hold': legalHold,
  '0019-thread-invitations': threadInvitations,
  '0020-row-level-security': rowLevelSecurity,
  '0022-invisible': invisible,
  '0023-last-seen': lastSeen,
  '0024-cost-of-policies': costOfPolicies,
};

/**
 * Applies what is missing, as the owner of the schema, and lets the application at its tables. Several processes may do so at once: they wait for each other.
 * @returns names of the migrations applied now
 * @throws RoleMissing, or what the database said; a failed migration leaves nothing behind
 */
export async function migrateToLatest(connectionString: string): Promise<string[]> {
  return withMigrator(connectionString, async (migrator, db) => {
    const { error, results = [] } = await migrator.migrateToLatest();
    if (error) throw error;
    await grantToApplication(db, applicationRole(connectionString));
    return results.filter(({ status }) => status === 'Success').map(({ migrationName }) => migrationName);
  });
}

/** Whether every migration of this release is applied, and the application has its role. */
export async function isMigrated(connectionString: string): Promise<boolean> {
  return withMigrator(connectionString, async (migrator, db) => {
    const known = await migrator.getMigrations();
    if (known.some(({ executedAt }) => executedAt === undefined)) return false;
    const role = applicationRole(connectionString);
    return (await sql`select from pg_roles where rolname = ${role}`.execute(db)).rows.length > 0;
  });
}

async function withMigrator<R>(
  connectionString: string,
  run: (migrator: Migrator, db: Kysely<Database>) => Promise<R>,
): Promise<R> {
  const database = openDatabase(connectionString, { as: 'owner', connections: 1, statementTimeoutMs: 0 });
  try {
    const migrator = new Migrator({
      db: database.kysely,
      provider: { getMigrations: async () => migrations },
      migrationTableName: 'schema_migration',
      migrationLockTableName: 'schema_migration_lock',
    });
    return await run(migrator, database.kysely);
  } finally {
    await database.close();
  }
}
