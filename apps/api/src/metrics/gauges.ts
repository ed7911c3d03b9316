/** How things stand in this process, looked at when somebody asks. */
import type { Database, OpenDatabase } from '@parley/db';
import { queueNames, type JobCounts } from '@parley/jobs';
import type { Hub } from '@parley/sync/server';
import { sql, type Kysely } from 'kysely';
import { Gauge, type Registry } from 'prom-client';
import { SOCKET_USES, type Connections } from '../http/connections.ts';
import type { Rooms } from '../presence/rooms.ts';

export interface Watched {
  connections: Pick<Connections, 'open'>;
  rooms: Pick<Rooms, 'size' | 'places'>;
  hub: Pick<Hub, 'connections'>;
  db: Kysely<Database>;
  /** By a name that says who works with them. */
  pools: Readonly<Record<string, OpenDatabase['pool']>>;
  jobs: Pick<JobCounts, 'read'>;
}

type Sample = readonly [labels: Record<string, string>, value: number];
type Look = () => number | Sample[] | Promise<number | Sample[]>;

export function registerGauges(registry: Registry, { connections, rooms, hub, db, pools, jobs }: Watched): void {
  const gauge = (name: string, help: string, look: Look, labelNames: readonly string[] = []): Gauge =>
    new Gauge({
      name: `parley_${name}`,
      help,
      labelNames,
      registers: [registry],
      async collect() {
        this.reset();
        try {
          const found = await look();
          if (typeof found === 'number') this.set(found);
          else for (const [labels, value] of found) this.set(labels, value);
        } catch {
          // Of a part that does not answer there is no figure: 0 would say that all is well.
          if (labelNames.length === 0) this.remove();
        }
      },
    });
  const buffers = () => connections.open().map(({ socket }) => socket.bufferedAmount);
  const ofPools = (count: (pool: OpenDatabase['pool']) => number) => (): Sample[] =>
    Object.entries(pools).map(([name, pool]) => [{ pool: name }, count(pool)]);

  gauge('sockets', 'Open WebSockets, for calls and in rooms.', () => countUses(connections), ['use']);
  gauge(
    'people_connected',
    'People with an open WebSocket.',
    () => new Set(connections.open().map(({ session }) => session.personId)).size,
  );
  gauge('streams', 'Clients that are told of changes.', () => hub.connections);
  gauge('rooms', 'Rooms with somebody of this process in them.', () => rooms.size);
  gauge('room_places', 'People who show themselves in these rooms, of all processes.', () => rooms.places);
  gauge('socket_buffered_bytes', 'Bytes that wait to leave, in all sockets together.', () =>
    buffers().reduce((sum, bytes) => sum + bytes, 0),
  );
  gauge('socket_buffered_bytes_max', 'Bytes that wait to leave, in the slowest socket.', () =>
    Math.max(0, ...buffers()),
  );
  gauge(
    'database_connections',
    'Connections to PostgreSQL, in use or not.',
    ofPools((pool) => pool.totalCount),
    ['pool'],
  );
  gauge(
    'database_connections_in_use',
    'Connections to PostgreSQL that are in use.',
    ofPools((pool) => pool.totalCount - pool.idleCount),
    ['pool'],
  );
  gauge(
    'database_waiting',
    'Statements and transactions that wait for a connection.',
    ofPools((pool) => pool.waitingCount),
    ['pool'],
  );
  gauge(
    'outbox_jobs',
    'Jobs that were written with what caused them, and that the worker has not put into a queue.',
    async () => (await outbox(db)).jobs,
  );
  gauge('outbox_oldest_seconds', 'Age of the oldest of these jobs.', async () => (await outbox(db)).seconds);
  gauge(
    'jobs',
    'Jobs in queues: waiting, active, delayed (to be tried again, or planned), failed for good.',
    async () => (await jobs.read()).map(({ queue, state, jobs: count }) => [{ queue, state }, count]),
    ['queue', 'state'],
  );
}

function countUses(connections: Pick<Connections, 'open'>): Sample[] {
  const open = connections.open();
  return SOCKET_USES.map((use) => [{ use }, open.filter((each) => each.use === use).length]);
}

async function outbox(db: Kysely<Database>): Promise<{ jobs: number; seconds: number }> {
  const found = await db
    .selectFrom('job')
    .select(({ fn }) => [
      fn.countAll<number>().as('jobs'),
      sql<number>`coalesce(extract(epoch from now() - min(created_at)), 0)::float8`.as('seconds'),
    ])
    .where('kind', 'in', queueNames)
    .executeTakeFirstOrThrow();
  return found;
}
