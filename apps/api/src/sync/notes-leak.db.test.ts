/** That no frame of a socket ever carries an organisation's notes to anybody else. Rules: packages/sync/SPEC.md, [NOTE1]. */
import { notesScope, orgPeopleScope, scopesOfThread, threadScope, userScope } from '@parley/core/scopes';
import { PROTOCOL_VERSION } from '@parley/sync/protocol';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { putMember } from '../accounts/people.ts';
import { startDelivery } from '../testing/external-thread.ts';
import { frameOf, RawSocket, TEXT } from '../testing/raw-socket.ts';
import { SyncClient } from '../testing/sync-client.ts';
import { addMember, makeCast, PASSWORD, startTestServer, type Cast, type TestServer } from '../testing/test-server.ts';

const MARKER = 'zanzibar';

let server: TestServer;
let cast: Cast;
let threadId: string;
/** A guest of Acme; one of both who acts for Globex; one of Acme who is taken out. */
const gus = { personId: uuidv7(), name: 'Gus', email: 'gus@example.org' };
const erin = { personId: uuidv7(), name: 'Erin', email: 'erin@example.org' };
const rob = { personId: uuidv7(), name: 'Rob', email: 'rob@example.org' };

beforeAll(async () => {
  server = await startTestServer();
  const { services } = server;
  cast = await makeCast(services);
  const { acme, globex, alice, bob, carol } = cast;
  await addMember(services, { ...gus, orgId: acme, role: 'guest' });
  await addMember(services, { ...erin, orgId: acme, role: 'member' });
  await addMember(services, { ...rob, orgId: acme, role: 'member' });
  const both = { write: [userScope(erin.personId), orgPeopleScope(globex)] };
  await services.acts.act(null, both, (tx) => putMember(tx, { ...erin, orgId: globex, role: 'member' }));

  threadId = await startDelivery(services, {
    ...{ acme, globex },
    ofAcme: [alice, bob, gus, rob],
    ofGlobex: [carol, erin],
  });
});
afterAll(() => server.stop());

/** A browser that keeps every frame the server sends, as it came. */
class Listener {
  readonly frames: string[] = [];
  readonly #socket: RawSocket;
  readonly #caller: { protocol: number; personId: string; clientId: string };
  #calls = 0;

  static async open(person: Cast['alice']): Promise<Listener> {
    const browser = await server.browser().signIn(person, PASSWORD);
    const listener = new Listener(await RawSocket.open({ port: server.port, browser }), person.personId);
    listener.#send('subscription', 'sync.live', listener.#caller);
    await listener.until('"kind":"hello"');
    return listener;
  }

  constructor(socket: RawSocket, personId: string) {
    this.#socket = socket;
    this.#caller = { protocol: PROTOCOL_VERSION, personId, clientId: uuidv7() };
  }

  /** Calls a procedure as this client, and waits for its answer. */
  async call(path: string, input: object): Promise<void> {
    const id = this.#send('mutation', path, { ...this.#caller, ...input });
    await this.until(`"id":${id},`);
  }

  async until(text: string): Promise<void> {
    while (!this.frames.some((frame) => frame.includes(text))) {
      const frame = await this.#socket.next(TEXT);
      if (!frame) throw new Error('The server closed the line.');
      this.frames.push(frame.toString());
    }
  }

  close(): void {
    this.#socket.cut();
  }

  #send(method: string, path: string, input: object): number {
    this.#calls += 1;
    this.#socket.write(frameOf(JSON.stringify({ id: this.#calls, method, params: { path, input } })));
    return this.#calls;
  }
}

test('[NOTE1] a note reaches those it is for, and no frame of anybody else holds a word or an id of it', async () => {
  const { acme, globex, alice, bob, carol, dave } = cast;
  const notes = notesScope(threadId, acme);
  const lane = threadScope(threadId);
  const note = { threadId, orgId: acme, messageId: uuidv7() };
  const later = { threadId, orgId: acme, messageId: uuidv7() };
  const scopes = [...scopesOfThread(threadId), notes, notesScope(threadId, globex)];
  const asks = scopes.map((scope) => ({ scope, from: null, epoch: null, window: 50 }));
  const pull = { incarnation: null, scopes: asks };
  const { incarnation } = await server.services.db
    .selectFrom('installation')
    .select('incarnation')
    .executeTakeFirstOrThrow();

  const writer = await SyncClient.connect(await server.browser().signIn(alice, PASSWORD), alice.personId);
  await writer.push('removeParticipant', { threadId, messageId: uuidv7(), personId: rob.personId }, lane);
  const colleague = await Listener.open(bob);
  const others = await Promise.all([carol, gus, erin, rob, dave].map((person) => Listener.open(person)));
  for (const listener of [colleague, ...others]) await listener.call('sync.pull', pull);

  await writer.push('sendNote', { ...note, text: `${MARKER}, between us` }, lane);
  await writer.push('editNote', { ...note, text: `${MARKER} indeed` }, lane);
  await writer.push('reactToNote', { ...note, emoji: '👍', on: true }, lane);
  await writer.push('sendNote', { ...later, text: `${MARKER} again` }, lane);
  await writer.push('markRead', { threadId, seq: 0, noteSeq: 2, markEpoch: 0 }, lane);
  await writer.push('sendMessage', { threadId, messageId: uuidv7(), text: 'To everybody' }, lane);
  await colleague.until(later.messageId);
  await Promise.all(others.slice(0, 3).map((listener) => listener.until('To everybody')));

  for (const listener of others) {
    await listener.call('sync.pull', pull);
    for (const scope of [notes, threadScope(threadId)])
      await listener.call('sync.page', { scope, incarnation, epoch: 1, before: 100, limit: 50 });
    const sum = '0'.repeat(32);
    await listener.call('sync.audit', { scope: notes, incarnation, epoch: 1, version: 4, low: 1, count: 0, sum });
    const acts: [string, object][] = [
      ['sendNote', { ...note, messageId: uuidv7(), text: 'Mine' }],
      ['editNote', { ...note, messageId: uuidv7(), text: 'Mine' }],
      ['deleteNote', { ...note, messageId: uuidv7() }],
      ['markRead', { threadId, seq: 0, noteSeq: 99, markEpoch: 0 }],
    ];
    const mutations = acts.map(([name, args], index) => ({
      ...{ id: uuidv7(), lane, n: index + 1, name, version: 1, args, at: 0 },
    }));
    await listener.call('sync.push', { incarnation: null, mutations });
  }

  expect(colleague.frames.join()).toContain(MARKER);
  for (const { frames } of others) {
    const heard = frames.join();
    for (const secret of [MARKER, note.messageId, later.messageId, '"noteHead"', '"lastNote"'])
      expect(heard).not.toContain(secret);
  }
  const jobs = await server.services.db.selectFrom('job').selectAll().execute();
  expect(JSON.stringify(jobs)).not.toContain(MARKER);
  for (const listener of [colleague, ...others]) listener.close();
  writer.close();
});
