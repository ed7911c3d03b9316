/** Who of an organisation is connected, and how well: for those who look after it, and hear that something does not work. */
import { sql } from 'kysely';
import { deviceName } from '../accounts/device-words.ts';
import type { Services } from '../services.ts';
import { mustAdminister } from './administer.ts';

export interface OrganisationConnection {
  personId: string;
  /** Such as "Firefox on Linux". */
  device: string;
  /** Milliseconds since 1970. */
  openedAt: number;
  /** Within the last hour. */
  reconnects: number;
  /** Milliseconds; `null` until it has answered. */
  answersIn: number | null;
  /** Its page is of an older release than the server. */
  isOutdated: boolean;
}

const SHOWN = 500;

/**
 * Those that break most come first; `total` counts those too that are not among the first 500. Whoever chose to be
 * invisible is not there, and not counted: looking after an organisation is no way around that. The others are asked how
 * long they take to answer, which is known the next time.
 * @throws ApiError `NOT_FOUND`, `FORBIDDEN`
 */
export async function connectionsOf(
  { db, connections, reconnects, settings }: Services,
  { orgId, personId }: { orgId: string; personId: string },
): Promise<{ connections: OrganisationConnection[]; total: number; isShared: boolean }> {
  await mustAdminister(db, personId, orgId);
  const open = connections.open().filter(({ streams }) => streams > 0);
  const seen = await db
    .selectFrom('membership')
    .innerJoin('auth_session', 'auth_session.user_id', 'membership.person_id')
    .leftJoin('person_settings', 'person_settings.person_id', 'membership.person_id')
    .select(['auth_session.id', 'auth_session.user_agent'])
    .where('membership.org_id', '=', orgId)
    .where('membership.active', '=', true)
    .where('membership.deleted', '=', false)
    .where(sql<boolean>`person_settings.invisible is not true`)
    .where(sql<boolean>`auth_session.id = any(${open.map(({ session }) => session.id)})`)
    .execute();
  const agents = new Map(seen.map(({ id, user_agent }) => [id, user_agent]));
  const found = open.flatMap(({ session, client, openedAt, answersIn, ask }) => {
    const agent = agents.get(session.id);
    if (agent === undefined || client === undefined) return [];
    ask();
    return {
      personId: session.personId,
      device: deviceName(agent),
      openedAt,
      reconnects: reconnects.lastHour(client.key),
      answersIn,
      isOutdated: client.isOutdated,
    };
  });
  found.sort((a, b) => b.reconnects - a.reconnects || b.openedAt - a.openedAt);
  return { connections: found.slice(0, SHOWN), total: found.length, isShared: settings.isShared };
}
