import { orgScope, threadScope } from '@parley/core/scopes';
import { openJobQueues } from '@parley/jobs';
import { openTestRedis } from '@parley/jobs/testing';
import { PROTOCOL_VERSION } from '@parley/sync/protocol';
import { v7 as uuidv7 } from 'uuid';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { RawSocket } from '../testing/raw-socket.ts';
import { RoomClient } from '../testing/room-client.ts';
import { endOf, opened } from '../testing/socket.ts';
import { SyncClient } from '../testing/sync-client.ts';
import {
  makeCast,
  PASSWORD,
  startTestServer,
  type Cast,
  type Somebody,
  type TestServer,
} from '../testing/test-server.ts';
import { ownToken } from './metrics.ts';
import { readFigures } from './read-figures.ts';

const TOKEN = 'what Prometheus brings'.replaceAll(' ', '-').padEnd(32, '.');

let server: TestServer;
let cast: Cast;
async function start(options: Parameters<typeof startTestServer>[0] = {}) {
  server = await startTestServer({ metricsToken: TOKEN, ...options });
  cast = await makeCast(server.services);
  onTestFinished(() => server.stop());
}

const scrape = (authorization?: string) =>
  fetch(`${server.url}/metrics`, authorization === undefined ? {} : { headers: { authorization } });

const figures = async () => readFigures(await (await scrape(`Bearer ${TOKEN}`)).text());

/** Until the figures are these; `undefined` stands for those that are not there. */
async function expectFigures(expected: Record<string, number | undefined>): Promise<void> {
  await vi.waitFor(
    async () => {
      const found = await figures();
      const asked = Object.keys(expected).map((name) => [name, found.get(`parley_${name}`)]);
      expect(Object.fromEntries(asked)).toEqual(expected);
    },
    { timeout: 10_000, interval: 50 },
  );
}

const signedIn = (who: Somebody) => server.browser().signIn(who, PASSWORD);
const connected = async (who: Somebody) => SyncClient.connect(await signedIn(who), who.personId);

describe('who may read', () => {
  beforeEach(() => start());

  test('is whoever brings the token, and nobody else from anywhere', async () => {
    for (const brought of [
      undefined,
      'Bearer',
      `Bearer ${TOKEN}x`,
      `Basic ${TOKEN}`,
      TOKEN,
      `Bearer ${ownToken('x')}`,
    ]) {
      const refused = await scrape(brought);
      expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
      expect(await refused.text()).not.toContain('parley_');
    }
    expect((await fetch(`${server.url}/metrics?token=${TOKEN}`)).status).toBe(401);
    const alice = await signedIn(cast.alice);
    expect((await alice.fetch('/metrics')).status).toBe(401);
    const { status, headers } = await scrape(`Bearer ${TOKEN}`);
    expect([status, headers.get('content-type')]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
  });

  test('learns no name of anybody', async () => {
    const alice = await connected(cast.alice);
    await alice.startThread(cast.acme, [cast.bob.personId]);
    const text = await (await scrape(`Bearer ${TOKEN}`)).text();
    expect(text).toContain('parley_mutations_total{status="applied"} 1');
    expect(text).not.toMatch(/alice|bob|acme|example\.org|127\.0\.0\.1|[\da-f]{8}-[\da-f]{4}-/i);
    alice.close();
  });
});

test('where no token is set, only who knows the secret of the installation can make one', async () => {
  const authSecret = 'a secret of the tests, long enough for all';
  server = await startTestServer({ authSecret });
  onTestFinished(() => server.stop());
  for (const guess of ['', 'undefined', authSecret]) expect((await scrape(`Bearer ${guess}`)).status).toBe(401);
  expect((await scrape(`Bearer ${ownToken(authSecret)}`)).status).toBe(200);
});

describe('the figures', () => {
  beforeEach(() => start());

  test('of sockets, people, streams and rooms go up with them, and back to nothing', async () => {
    const [alice, again, bob] = [await connected(cast.alice), await connected(cast.alice), await connected(cast.bob)];
    const inRoom = await RoomClient.enter(await signedIn(cast.alice), orgScope(cast.acme));
    const quiet = await RoomClient.enter(await signedIn(cast.bob), orgScope(cast.acme));
    const elsewhere = await RoomClient.enter(await signedIn(cast.carol), orgScope(cast.globex));
    inRoom.say({ status: 'active', device: 'desktop' });
    const there = { streams: 3, 'sockets{use="calls"}': 3, 'sockets{use="room"}': 3, people_connected: 3 };
    await expectFigures({ ...there, rooms: 2, room_places: 1 });
    for (const each of [alice, again, bob, inRoom, quiet, elsewhere]) each.close();
    const gone = { streams: 0, 'sockets{use="calls"}': 0, 'sockets{use="room"}': 0, people_connected: 0 };
    await expectFigures({ ...gone, rooms: 0, room_places: 0, socket_buffered_bytes: 0, socket_buffered_bytes_max: 0 });
    await expectFigures({
      'sockets_closed_total{use="calls",end="left"}': 3,
      'sockets_closed_total{use="room",end="left"}': 3,
    });
  });

  test('count handshakes that were refused, by reason', async () => {
    const alice = await signedIn(cast.alice);
    await endOf(alice.connect({ origin: 'https://evil.example' }));
    await endOf(server.browser().connect());
    await endOf(server.browser().connect());
    await expect(RoomClient.enter(alice, orgScope(cast.globex))).rejects.toThrow('404');
    await expectFigures({
      'handshakes_refused_total{code="CROSS_ORIGIN"}': 1,
      'handshakes_refused_total{code="UNAUTHORISED"}': 2,
      'handshakes_refused_total{code="NOT_FOUND"}': 1,
      'sockets{use="calls"}': 0,
      rooms: 0,
    });
  });

  test('tell a line that was lost from one that was left, and who came back', async () => {
    const browser = await signedIn(cast.alice);
    const input = { protocol: PROTOCOL_VERSION, personId: cast.alice.personId, clientId: uuidv7() };
    const listen = () => RawSocket.listen({ port: server.port, browser, input });
    (await listen()).cut();
    await expectFigures({ 'sockets_closed_total{use="calls",end="lost"}': 1, streams: 0, reconnects_total: 0 });
    const back = await listen();
    await expectFigures({ reconnects_total: 1, 'live_events_total{kind="hello"}': 2 });
    back.cut();
    await expectFigures({ streams: 0 });
  });

  test('tell what waits for a client that does not take it', async () => {
    const ws = (await signedIn(cast.alice)).shakeHands('/trpc');
    await opened(ws);
    ws.pause();
    const caller = { protocol: PROTOCOL_VERSION, personId: cast.alice.personId, clientId: uuidv7(), incarnation: null };
    const scopes = Array.from({ length: 4_000 }, () => ({ scope: threadScope(uuidv7()), from: null, epoch: null }));
    const call = JSON.stringify({
      id: 1,
      method: 'mutation',
      params: { path: 'sync.pull', input: { ...caller, scopes } },
    });
    await vi.waitFor(
      async () => {
        ws.send(call);
        const found = await figures();
        expect(found.get('parley_socket_buffered_bytes_max')).toBeGreaterThan(0);
        expect(found.get('parley_socket_buffered_bytes')).toBe(found.get('parley_socket_buffered_bytes_max'));
      },
      { timeout: 20_000, interval: 20 },
    );
    ws.terminate();
    await expectFigures({ socket_buffered_bytes: 0, socket_buffered_bytes_max: 0, 'sockets{use="calls"}': 0 });
  });

  test('count calls by their answers, and time those of the engine', async () => {
    const [alice, bob] = [await connected(cast.alice), await connected(cast.bob)];
    const threadId = await alice.startThread(cast.acme, [cast.bob.personId]);
    await bob.pull([threadScope(threadId)]);
    await alice.push('sendMessage', { threadId, messageId: uuidv7(), text: 'Hello' }, threadScope(threadId));
    await bob.poke(threadScope(threadId));
    await bob.push('sendMessage', { threadId: uuidv7(), messageId: uuidv7(), text: 'Hello' }, threadScope(threadId));
    await (await signedIn(cast.bob)).call('mutation', 'organisations.change', { orgId: cast.acme, name: 'Ours' });
    await expectFigures({
      'calls_total{call="sync.push",code="OK"}': 3,
      'calls_total{call="sync.pull",code="OK"}': 1,
      'calls_total{call="organisations.change",code="FORBIDDEN"}': 1,
      'call_seconds_count{call="sync.push"}': 3,
      'call_seconds_count{call="organisations.change"}': undefined,
      'mutations_total{status="applied"}': 2,
      'mutations_total{status="rejected"}': 1,
      'live_events_total{kind="poke"}': 1,
      divergences_total: 0,
      'database_waiting{pool="people"}': 0,
    });
    server.services.hub.resync();
    await expectFigures({ 'live_events_total{kind="resync"}': 2 });
    for (const each of [alice, bob]) each.close();
  });

  test('of work tell what no worker has taken, and what waits in queues', async () => {
    const before = (await figures()).get('parley_outbox_jobs') ?? 0;
    await expectFigures({ 'jobs{queue="housekeeping",state="waiting"}': 0 });
    const alice = await signedIn(cast.alice);
    await alice.call('mutation', 'organisations.invite', {
      orgId: cast.acme,
      email: 'zoe@example.org',
      role: 'member',
    });
    const queues = openJobQueues({ databaseUrl: server.databaseUrl, onError: () => undefined });
    onTestFinished(() => queues.close());
    await queues.add('housekeeping', {}, { id: 'one' });
    await expectFigures({ outbox_jobs: before + 1, 'jobs{queue="housekeeping",state="waiting"}': 1 });
    await vi.waitFor(async () => expect((await figures()).get('parley_outbox_oldest_seconds')).toBeGreaterThan(0));
  });

  test('of the process itself are there too', async () => {
    const found = await figures();
    for (const name of [
      'nodejs_eventloop_lag_p99_seconds',
      'process_resident_memory_bytes',
      'process_start_time_seconds',
    ])
      expect(found.get(name)).toBeGreaterThan(0);
  });
});

test('a part that does not answer has no figures, and the others have theirs', async () => {
  const redis = await openTestRedis({ isShared: false });
  await start({ redisUrl: redis.url });
  await expectFigures({ bus_gaps_total: 1, 'jobs{queue="housekeeping",state="waiting"}': 0 });
  await redis.stop();
  await expectFigures({ 'jobs{queue="housekeeping",state="waiting"}': undefined, rooms: 0, streams: 0 });
});
