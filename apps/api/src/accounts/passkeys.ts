/** Passkeys: keys on a person's devices that sign in without a password. The device asks who is there, so one is enough. */
import type { Database } from '@parley/db';
import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
  type AuthenticationResponseJSON,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  type RegistrationResponseJSON,
} from '@simplewebauthn/server';
import type { Kysely } from 'kysely';
import { auditAccount, type Actor } from '../audit/audit.ts';
import { ApiError } from '../http/api-error.ts';
import type { Account } from './credentials.ts';
import { issueSecret, takeSecret } from './one-time-secrets.ts';
import { tellOfChange } from './sign-in-changes.ts';

/** Where the page stands: passkeys belong to a host name, and are asked for by an origin. */
export interface Site {
  origin: string;
  host: string;
}

export interface Passkey {
  id: string;
  name: string;
  /** Kept by the person's account at a platform, so that it outlives the device. */
  synced: boolean;
  /** Milliseconds since 1970. */
  addedAt: number;
  usedAt: number | null;
}

const PER_PERSON = 20;
const CEREMONY_MINUTES = 5;

export async function passkeysOf(db: Kysely<Database>, personId: string): Promise<Passkey[]> {
  const rows = await db
    .selectFrom('passkey')
    .select(['id', 'name', 'synced', 'created_at', 'used_at'])
    .where('person_id', '=', personId)
    .orderBy('created_at')
    .execute();
  return rows.map(({ id, name, synced, created_at, used_at }) => ({
    id,
    name,
    synced,
    addedAt: created_at.getTime(),
    usedAt: used_at?.getTime() ?? null,
  }));
}

/** What a browser needs to make one. @throws ApiError `TOO_MANY` */
export async function beginPasskey(
  db: Kysely<Database>,
  { account, site, now }: { account: Account; site: Site; now: number },
): Promise<{ token: string; options: PublicKeyCredentialCreationOptionsJSON }> {
  const { personId, name, email } = account;
  const known = await db.selectFrom('passkey').select('id').where('person_id', '=', personId).execute();
  if (known.length >= PER_PERSON)
    throw new ApiError('TOO_MANY', `${PER_PERSON} passkeys are enough: remove one first.`);
  const options = await generateRegistrationOptions({
    rpName: 'Parley',
    rpID: site.host,
    userID: new TextEncoder().encode(personId),
    userName: email,
    userDisplayName: name,
    attestationType: 'none',
    excludeCredentials: known,
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  });
  const value = JSON.stringify({ personId, challenge: options.challenge });
  return { options, token: await issueSecret(db, { purpose: 'passkey', value, now, minutes: CEREMONY_MINUTES }) };
}

/** Keeps what the browser made. @throws ApiError `PASSKEY_REFUSED` */
export async function addPasskey(
  db: Kysely<Database>,
  given: {
    actor: Actor & { personId: string };
    name: string;
    token: string;
    response: unknown;
    site: Site;
    now: number;
  },
): Promise<void> {
  const { actor, name, token, response, site, now } = given;
  const { personId } = actor;
  const begun = await takeCeremony(db, { token, now });
  if (begun.personId !== personId) throw refused();
  const { verified, registrationInfo } = await verifyRegistrationResponse({
    response: response as RegistrationResponseJSON,
    expectedChallenge: begun.challenge,
    expectedOrigin: site.origin,
    expectedRPID: site.host,
    requireUserVerification: true,
  }).catch(() => ({ verified: false, registrationInfo: undefined }));
  if (!verified || !registrationInfo) throw refused();
  const { credential, credentialBackedUp } = registrationInfo;
  await db.transaction().execute(async (tx) => {
    const added = await tx
      .insertInto('passkey')
      .values({
        id: credential.id,
        person_id: personId,
        name,
        public_key: Buffer.from(credential.publicKey),
        counter: credential.counter,
        transports: credential.transports ?? [],
        synced: credentialBackedUp,
      })
      .onConflict((on) => on.column('id').doNothing())
      .returning('id')
      .executeTakeFirst();
    if (!added) throw refused();
    await tellOfChange(tx, { personId, change: 'passkey-added' });
    await auditAccount(tx, { kind: 'passkey_added', actor, personId, details: { name } });
  });
}

/** What a browser needs to sign in with one, whoever it belongs to. */
export async function beginPasskeySignIn(
  db: Kysely<Database>,
  { site, now }: { site: Site; now: number },
): Promise<{ token: string; options: PublicKeyCredentialRequestOptionsJSON }> {
  const options = await generateAuthenticationOptions({ rpID: site.host, userVerification: 'required' });
  const value = JSON.stringify({ personId: null, challenge: options.challenge });
  return { options, token: await issueSecret(db, { purpose: 'passkey', value, now, minutes: CEREMONY_MINUTES }) };
}

/** Whose passkey answered. @throws ApiError `PASSKEY_REFUSED` */
export async function mustBePasskey(
  db: Kysely<Database>,
  { token, response, site, now }: { token: string; response: { id: string }; site: Site; now: number },
): Promise<string> {
  const begun = await takeCeremony(db, { token, now });
  const row = await db.selectFrom('passkey').selectAll().where('id', '=', response.id).executeTakeFirst();
  if (begun.personId !== null || !row) throw refused();
  const { id, public_key, counter, transports } = row;
  const { verified, authenticationInfo } = await verifyAuthenticationResponse({
    response: response as AuthenticationResponseJSON,
    expectedChallenge: begun.challenge,
    expectedOrigin: site.origin,
    expectedRPID: site.host,
    requireUserVerification: true,
    credential: {
      id,
      publicKey: new Uint8Array(public_key),
      counter,
      transports,
    },
  }).catch(() => ({ verified: false, authenticationInfo: undefined }));
  if (!verified || !authenticationInfo) throw refused();
  await db
    .updateTable('passkey')
    .set({ counter: authenticationInfo.newCounter, used_at: new Date(now) })
    .where('id', '=', id)
    .execute();
  return row.person_id;
}

/** @throws ApiError `NOT_FOUND` */
export async function renamePasskey(
  db: Kysely<Database>,
  { personId, id, name }: { personId: string; id: string; name: string },
): Promise<void> {
  const { numUpdatedRows } = await db
    .updateTable('passkey')
    .set({ name })
    .where('person_id', '=', personId)
    .where('id', '=', id)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) throw noPasskey();
}

/** @throws ApiError `NOT_FOUND` */
export async function removePasskey(
  db: Kysely<Database>,
  { actor, id }: { actor: Actor & { personId: string }; id: string },
): Promise<void> {
  const { personId } = actor;
  await db.transaction().execute(async (tx) => {
    const removed = await tx
      .deleteFrom('passkey')
      .where('person_id', '=', personId)
      .where('id', '=', id)
      .returning('name')
      .executeTakeFirst();
    if (!removed) throw noPasskey();
    await tellOfChange(tx, { personId, change: 'passkey-removed' });
    await auditAccount(tx, { kind: 'passkey_removed', actor, personId, details: { name: removed.name } });
  });
}

/** Each challenge is answered once. */
async function takeCeremony(
  db: Kysely<Database>,
  { token, now }: { token: string; now: number },
): Promise<{ personId: string | null; challenge: string }> {
  const value = await takeSecret(db, { purpose: 'passkey', token, now });
  if (value === null) throw refused();
  return JSON.parse(value) as { personId: string | null; challenge: string };
}

const refused = () => new ApiError('PASSKEY_REFUSED', 'This passkey was not accepted.', { status: 'UNAUTHORIZED' });

const noPasskey = () => new ApiError('NOT_FOUND', 'There is no such passkey.', { status: 'NOT_FOUND' });
