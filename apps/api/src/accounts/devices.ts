/** The browsers and programs in which somebody is signed in. */
import type { Database } from '@parley/db';
import type { Kysely } from 'kysely';
import { ApiError } from '../http/api-error.ts';
import { deviceName, placeName } from './device-words.ts';

export interface Device {
  /** Names its session and opens nothing. */
  id: string;
  /** Such as "Firefox on Linux". */
  name: string;
  place: string;
  /** Milliseconds since 1970. */
  signedInAt: number;
  usedAt: number;
  /** The one that asks. */
  isThis: boolean;
}

/** The one that asks first, then the one used last. */
export async function devicesOf(
  db: Kysely<Database>,
  { personId, sessionId, now }: { personId: string; sessionId: string; now: number },
): Promise<Device[]> {
  const rows = await db
    .selectFrom('auth_session')
    .select(['id', 'user_agent', 'ip_address', 'created_at', 'used_at'])
    .where('user_id', '=', personId)
    .where('expires_at', '>', new Date(now))
    .orderBy('used_at', 'desc')
    .limit(200)
    .execute();
  const devices = rows.map((row) => ({
    id: row.id,
    name: deviceName(row.user_agent),
    place: placeName(row.ip_address),
    signedInAt: row.created_at.getTime(),
    usedAt: row.used_at.getTime(),
    isThis: row.id === sessionId,
  }));
  return devices.toSorted((a, b) => Number(b.isThis) - Number(a.isThis));
}

/** Ends one session of this person. @throws ApiError `NOT_FOUND` for one that is over, or somebody else's */
export async function endDevice(
  db: Kysely<Database>,
  { personId, deviceId }: { personId: string; deviceId: string },
): Promise<void> {
  const { numDeletedRows } = await db
    .deleteFrom('auth_session')
    .where('user_id', '=', personId)
    .where('id', '=', deviceId)
    .executeTakeFirst();
  if (numDeletedRows === 0n) {
    throw new ApiError('NOT_FOUND', 'This device is signed out already.', { status: 'NOT_FOUND' });
  }
}

/** Ends every session of this person but `except`. @returns the ids of those that ended */
export async function endDevices(
  db: Kysely<Database>,
  { personId, except }: { personId: string; except: string | null },
): Promise<string[]> {
  const all = db.deleteFrom('auth_session').where('user_id', '=', personId);
  const ended = await (except === null ? all : all.where('id', '!=', except)).returning('id').execute();
  return ended.map(({ id }) => id);
}

/** Ends every session of everybody. @returns the ids of those that ended */
export async function endAllDevices(db: Kysely<Database>): Promise<string[]> {
  const ended = await db.deleteFrom('auth_session').returning('id').execute();
  return ended.map(({ id }) => id);
}
