/** The second step of signing in: a code from an authenticator app, or one of the recovery codes. */
import type { Database } from '@parley/db';
import type { Kysely } from 'kysely';
import { randomBytes } from 'node:crypto';
import { auditAccount, type Actor } from '../audit/audit.ts';
import { ApiError } from '../http/api-error.ts';
import { seal, unseal } from './sealed.ts';
import { hashToken } from './secret-token.ts';
import { tellOfChange } from './sign-in-changes.ts';
import { base32, newTotpSecret, totpStepOf, totpUri } from './totp.ts';

const RECOVERY_CODES = 10;

export interface TwoStepStatus {
  on: boolean;
  /** Recovery codes that have not been used. */
  codesLeft: number;
}

export async function twoStepStatus(db: Kysely<Database>, personId: string): Promise<TwoStepStatus> {
  if (!(await hasTwoStep(db, personId))) return { on: false, codesLeft: 0 };
  const { left } = await db
    .selectFrom('recovery_code')
    .select(({ fn }) => fn.countAll<number>().as('left'))
    .where('person_id', '=', personId)
    .executeTakeFirstOrThrow();
  return { on: true, codesLeft: left };
}

/** Whether signing in takes a second step. */
export async function hasTwoStep(db: Kysely<Database>, personId: string): Promise<boolean> {
  const row = await db
    .selectFrom('two_step')
    .select('confirmed_at')
    .where('person_id', '=', personId)
    .executeTakeFirst();
  return row !== undefined && row.confirmed_at !== null;
}

/** Makes a secret that counts once a code of it was given. @throws ApiError `TWO_STEP_ON` */
export async function beginTwoStep(
  db: Kysely<Database>,
  { personId, email, authSecret }: { personId: string; email: string; authSecret: string },
): Promise<{ secret: string; uri: string }> {
  const secret = newTotpSecret();
  const sealed = seal(authSecret, { text: secret, owner: personId });
  const made = await db
    .insertInto('two_step')
    .values({ person_id: personId, secret: sealed })
    .onConflict((on) =>
      on.column('person_id').doUpdateSet({ secret: sealed, last_step: 0 }).where('two_step.confirmed_at', 'is', null),
    )
    .returning('person_id')
    .executeTakeFirst();
  if (!made) throw new ApiError('TWO_STEP_ON', 'Two-step sign-in is on already.', { status: 'CONFLICT' });
  return { secret, uri: totpUri(secret, { issuer: 'Parley', account: email }) };
}

/** Turns it on. @returns the recovery codes, shown once @throws ApiError `CODE_WRONG` */
export async function confirmTwoStep(
  db: Kysely<Database>,
  { actor, ...given }: { actor: Actor & { personId: string }; code: string; authSecret: string; now: number },
): Promise<string[]> {
  const { personId } = actor;
  return db.transaction().execute(async (tx) => {
    if (!(await spendTotp(tx, { ...given, personId }, false))) throw wrongCode();
    await tx
      .updateTable('two_step')
      .set({ confirmed_at: new Date(given.now) })
      .where('person_id', '=', personId)
      .execute();
    await tellOfChange(tx, { personId, change: 'two-step-on' });
    await auditAccount(tx, { kind: 'two_step_on', actor, personId });
    return renewCodes(tx, personId);
  });
}

/** Lets a code pass, once. @throws ApiError `CODE_WRONG` */
export async function mustPassTwoStep(
  db: Kysely<Database>,
  attempt: { personId: string; code: string; authSecret: string; now: number },
): Promise<void> {
  if (await spendTotp(db, attempt, true)) return;
  const { numDeletedRows } = await db
    .deleteFrom('recovery_code')
    .where('person_id', '=', attempt.personId)
    .where('code_hash', '=', hashToken(plainCode(attempt.code)))
    .executeTakeFirst();
  if (numDeletedRows === 0n) throw wrongCode();
}

/** Other recovery codes in place of all before. @throws ApiError `TWO_STEP_OFF` */
export async function renewRecoveryCodes(db: Kysely<Database>, actor: Actor & { personId: string }): Promise<string[]> {
  const { personId } = actor;
  if (!(await hasTwoStep(db, personId))) {
    throw new ApiError('TWO_STEP_OFF', 'Two-step sign-in is off.', { status: 'CONFLICT' });
  }
  return db.transaction().execute(async (tx) => {
    await tellOfChange(tx, { personId, change: 'recovery-codes' });
    await auditAccount(tx, { kind: 'recovery_codes_renewed', actor, personId });
    return renewCodes(tx, personId);
  });
}

/** Turns it off and forgets its secrets. */
export async function endTwoStep(db: Kysely<Database>, actor: Actor & { personId: string }): Promise<void> {
  const { personId } = actor;
  await db.transaction().execute(async (tx) => {
    const ended = await tx
      .deleteFrom('two_step')
      .where('person_id', '=', personId)
      .returning('confirmed_at')
      .executeTakeFirst();
    await tx.deleteFrom('recovery_code').where('person_id', '=', personId).execute();
    if (!ended?.confirmed_at) return;
    await tellOfChange(tx, { personId, change: 'two-step-off' });
    await auditAccount(tx, { kind: 'two_step_off', actor, personId });
  });
}

/** A step that was used, and every one before it, is used up: of two with the same code one passes. */
async function spendTotp(
  db: Kysely<Database>,
  { personId, code, authSecret, now }: { personId: string; code: string; authSecret: string; now: number },
  confirmed: boolean,
): Promise<boolean> {
  const row = await db
    .selectFrom('two_step')
    .select('secret')
    .where('person_id', '=', personId)
    .where('confirmed_at', confirmed ? 'is not' : 'is', null)
    .executeTakeFirst();
  if (!row) return false;
  const secret = unseal(authSecret, { sealed: row.secret, owner: personId });
  const step = totpStepOf(secret, { code: code.replaceAll(/\s/g, ''), now });
  if (step === null) return false;
  const { numUpdatedRows } = await db
    .updateTable('two_step')
    .set({ last_step: step })
    .where('person_id', '=', personId)
    .where('last_step', '<', step)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

async function renewCodes(db: Kysely<Database>, personId: string): Promise<string[]> {
  const codes = Array.from({ length: RECOVERY_CODES }, newRecoveryCode);
  await db.deleteFrom('recovery_code').where('person_id', '=', personId).execute();
  await db
    .insertInto('recovery_code')
    .values(codes.map((code) => ({ person_id: personId, code_hash: hashToken(plainCode(code)) })))
    .execute();
  return codes;
}

/** 120 bits, so that a plain hash of them is enough; in groups that can be read aloud. */
const newRecoveryCode = (): string => (base32(randomBytes(15)).match(/.{4}/g) ?? []).join('-').toLowerCase();

const plainCode = (typed: string): string => typed.toLowerCase().replaceAll(/[^a-z2-7]/g, '');

const wrongCode = () => new ApiError('CODE_WRONG', 'This code is not right, or it was used.', { status: 'FORBIDDEN' });
