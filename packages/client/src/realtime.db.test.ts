/** Against a real server process: services that hear of each other, through a line that can be cut. */
import {
  isPaged,
  orgPeopleScope,
  orgScope,
  scopesOfThread,
  threadPeopleScope,
  threadScope,
  userScope,
} from '@parley/core/scopes';
import type { Tables } from '@parley/core/tables';
import { join } from '@parley/core/threads';
import { createPostgresStorage, openDatabase, type DatabaseTransaction } from '@parley/db';
import { createSyncServer } from '@parley/sync/server';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { createParleyClient, type ParleyClient } from './index.ts';
import { Line } from './line.fixture.ts';
import { createMutate, type Mutate } from './mutate.ts';
import { ALICE, startParley, type ParleyServer } from './parley-server.fixture.ts';
import { createRealtimeClient, RealtimeError, type RealtimeClient, type RealtimeClientOptions } from './realtime.ts';

let server: ParleyServer;
let acme: string;
let alice: Service;
let bob: Service;
let carol: Service;
beforeAll(async () => {
  server = await startParley();
  alice = await Service.signIn(ALICE);
  acme = server.orgId;
  bob = await Service.join('Bob');
  carol = await Service.join('Carol');
});
afterAll(() => server.stop());

describe('messages', () => {
  test('come once, in order, to whoever takes part, with their thread; what was there before does not', async () => {
    const threadId = await alice.startThread('Build', [bob]);
    await alice.send(threadId, 'before');
    const live = await alice.open();
    const hers = textsOf(await bob.open());
    const own = textsOf(live);
    const sent = Array.from({ length: 20 }, (_, index) => `message ${index}`);
    for (const text of sent) await alice.send(threadId, text);
    await until(() => expect(hers).toEqual(sent));
    await until(() => expect(own).toEqual(sent));
  });

  test('say who wrote what in which thread', async () => {
    const threadId = await alice.startThread('Shapes', [bob]);
    const { onNewMessage } = await bob.open();
    const heard = listening(onNewMessage);
    await alice.send(threadId, '**Hello** Bob');
    await until(() => expect(heard).toHaveLength(1));
    expect(heard[0]).toMatchObject({
      message: { threadId, authorId: alice.personId, authorOrg: acme, kind: 'internal', text: '**Hello** Bob', seq: 1 },
      thread: { id: threadId, subject: 'Shapes', lastSeq: 1 },
    });
  });

  test('of a thread one is added to come from then on, and not its history', async () => {
    const threadId = await alice.startThread('History', []);
    for (let index = 0; index < 150; index += 1) await alice.send(threadId, `long ago ${index}`);
    const live = await bob.open();
    const texts = textsOf(live);
    const changes = listening(live.onThreadChange);
    await alice.act('addParticipants', { threadId, orgId: acme, messageId: uuidv7(), personIds: [bob.personId] });
    await alice.send(threadId, 'welcome');
    await until(() => expect(texts).toEqual(['', 'welcome']));
    expect(changes).toMatchObject([{ threadId, change: 'joined', thread: { subject: 'History' } }]);
  });

  test('that were missed while the line was cut come once, after it is back, and in order', async () => {
    const threadId = await alice.startThread('Cut', [bob]);
    const line = await Line.to(server.url);
    const live = await bob.open({ url: line.url });
    const texts = textsOf(live);
    const states = listening(live.onStateChange);
    await alice.send(threadId, 'first');
    await until(() => expect(texts).toEqual(['first']));
    line.cut();
    await until(() => expect(live.state).toMatchObject({ state: 'reconnecting', attempt: expect.any(Number) }));
    expect(live.isConnected).toBe(false);
    // More than fit into one page of what is fetched at once.
    const missed = Array.from({ length: 160 }, (_, index) => `missed ${index}`);
    for (const text of missed) await alice.send(threadId, text);
    line.mend();
    await until(() => expect(texts).toHaveLength(161));
    await alice.send(threadId, 'after');
    await until(() => expect(texts).toEqual(['first', ...missed, 'after']));
    expect(live.isConnected).toBe(true);
    expect(states.at(-1)).toMatchObject({ state: 'live' });
  });

  test('[CONN7] that were missed in a network that answers itself come when it lets the server answer', async () => {
    const threadId = await alice.startThread('On the train', [bob]);
    const line = await Line.to(server.url);
    const live = await bob.open({ url: line.url });
    const texts = textsOf(live);
    line.takeOver();
    await until(() => expect(live.state).toMatchObject({ state: 'reconnecting', intercepted: true }));
    await alice.send(threadId, 'missed');
    line.mend();
    await until(() => expect(texts).toEqual(['missed']));
  });

  test('that were missed by a client that gave up come when it is told to try again', async () => {
    const threadId = await alice.startThread('Resting', [bob]);
    const line = await Line.to(server.url);
    const live = await bob.open({ url: line.url, retry: { tries: 1 } });
    const texts = textsOf(live);
    line.cut();
    await until(() => expect(live.state).toEqual({ state: 'resting' }));
    await alice.send(threadId, 'are you there?');
    line.mend();
    live.reconnect();
    await until(() => expect(texts).toEqual(['are you there?']));
  });

  test('end with the thread, and begin again with it: what was written meanwhile is not told', async () => {
    const threadId = await alice.startThread('Removed', [bob, carol]);
    const live = await bob.open();
    const texts = textsOf(live);
    const changes = listening(live.onThreadChange);
    const witness = textsOf(await carol.open());
    await alice.act('removeParticipant', { threadId, messageId: uuidv7(), personId: bob.personId });
    await until(() => expect(changes).toMatchObject([{ threadId, change: 'left', thread: null }]));
    await alice.send(threadId, 'without Bob');
    await until(() => expect(witness).toContain('without Bob'));
    expect(texts).not.toContain('without Bob');
    await alice.act('addParticipants', { threadId, orgId: acme, messageId: uuidv7(), personIds: [bob.personId] });
    await alice.send(threadId, 'with Bob');
    await until(() => expect(texts).toContain('with Bob'));
    expect(texts).not.toContain('without Bob');
    expect(changes.map(({ change }) => change)).toEqual(['left', 'joined']);
  });

  test('are told once also by a client that lets go of what it holds again and again', async () => {
    const threadIds = [await alice.startThread('One', [bob]), await alice.startThread('Other', [bob])];
    const heard = new Map<string, string[]>(threadIds.map((id) => [id, []]));
    const live = await bob.open({ messagesKept: 40 });
    live.onNewMessage(({ message, thread }) => heard.get(thread.id)?.push(message.text));
    const changes = listening(live.onThreadChange);
    const sent = Array.from({ length: 60 }, (_, index) => `message ${index}`);
    for (const text of sent) for (const threadId of threadIds) await alice.send(threadId, text);
    await until(() => expect([...heard.values()]).toEqual([sent, sent]));
    expect([changes, live.isConnected]).toEqual([[], true]);
  });

  test('that a listener fails at are told to the others, and to nobody twice', async () => {
    const threadId = await alice.startThread('Failing', [bob]);
    const live = await bob.open();
    const errors = listening(live.onError);
    live.onNewMessage(({ message }) => {
      throw new Error(`at ${message.text}`);
    });
    live.onNewMessage(({ message }) => Promise.reject(new Error(`later at ${message.text}`)));
    const texts = textsOf(live);
    await alice.send(threadId, 'one');
    await alice.send(threadId, 'two');
    await until(() => expect(texts).toEqual(['one', 'two']));
    await until(() => expect(errors).toHaveLength(4));
    expect(errors.every(({ code }) => code === 'LISTENER')).toBe(true);
    const causes = errors.map(({ cause }) => (cause as Error).message).sort();
    expect(causes).toEqual(['at one', 'at two', 'later at one', 'later at two']);
  });

  test('are told to nobody who has stopped, nor after the end', async () => {
    const threadId = await alice.startThread('Stopped', [bob]);
    const live = await bob.open();
    const [stopped, texts] = [listening(live.onNewMessage), textsOf(await bob.open())];
    {
      using _ended = live.onNewMessage(() => stopped.push({} as never));
    }
    const stop = live.onNewMessage(() => stopped.push({} as never));
    stop();
    live.close();
    await alice.send(threadId, 'nobody there');
    await until(() => expect(texts).toEqual(['nobody there']));
    expect(stopped).toEqual([]);
  });
});

describe('what happens to threads, and what counts', () => {
  test('a new subject and a resolution are told once each, and messages are not changes of a thread', async () => {
    const threadId = await alice.startThread('Old name', [bob]);
    const live = await bob.open();
    const changes = listening(live.onThreadChange);
    const texts = textsOf(live);
    await alice.send(threadId, 'no change');
    await alice.act('renameThread', { threadId, messageId: uuidv7(), subject: 'New name' });
    await alice.act('resolveThread', { threadId, messageId: uuidv7(), resolved: true });
    await until(() => expect(texts).toHaveLength(3));
    expect(changes).toMatchObject([
      { threadId, change: 'changed', thread: { subject: 'New name', resolved: null } },
      { threadId, change: 'changed', thread: { subject: 'New name', resolved: { by: alice.personId } } },
    ]);
  });

  test('a notification is of others, unread, and as the person wants it', async () => {
    const [loud, quiet, muted] = [
      await alice.startThread('Loud', [bob]),
      await alice.startThread('Quiet', [bob]),
      await alice.startThread('Muted', [bob]),
    ];
    await bob.act('changeThreadSetting', { threadId: quiet, level: 'mentions' });
    await bob.act('changeThreadSetting', { threadId: muted, level: 'nothing' });
    const live = await bob.open();
    const texts = textsOf(live);
    const notified: string[] = [];
    live.onNotification(({ reason, message }) => notified.push(`${reason}: ${message.text}`));
    await bob.send(loud, 'my own');
    await alice.send(loud, 'to all');
    await alice.send(quiet, 'chatter');
    await alice.send(quiet, `<@${bob.personId}> look`);
    await alice.send(muted, `<@${bob.personId}> never mind`);
    await until(() => expect(texts).toHaveLength(5));
    expect(notified.sort()).toEqual([`mention: <@${bob.personId}> look`, 'message: to all']);

    const hers = await alice.open();
    const leaveAlone = async (isWished: boolean) => {
      await bob.act('changeSettings', { doNotDisturbUntil: isWished ? Date.now() + 3_600_000 : 0 });
      await until(() => expect(hers.onlineUsers(acme).get(bob.personId)?.doNotDisturb).toBe(isWished));
    };
    await leaveAlone(true);
    await alice.send(loud, 'while he sleeps');
    await until(() => expect(texts).toHaveLength(6));
    await leaveAlone(false);
    await alice.send(loud, 'while he is awake');
    await until(() => expect(notified).toHaveLength(3));
    expect(notified.at(-1)).toBe('message: while he is awake');
  });
});

describe('people', () => {
  test('are online while they are connected, and say so to each other', async () => {
    const hers = await alice.open();
    const changes = listening(hers.onPresenceChange);
    expect(hers.onlineUsers(acme).has(bob.personId)).toBe(false);
    const his = await bob.open();
    await until(() =>
      expect(hers.onlineUsers(acme).get(bob.personId)).toMatchObject({ status: 'active', isTyping: false }),
    );
    await until(() => expect(his.onlineUsers(acme).has(alice.personId)).toBe(true));
    expect(changes.at(-1)).toMatchObject({ room: 'organisation', id: acme, people: hers.onlineUsers(acme) });
    const unseen = await carol.open({ isSeen: false });
    await until(() => expect(unseen.onlineUsers(acme).size).toBe(2));
    expect(hers.onlineUsers(acme).has(carol.personId)).toBe(false);
    his.close();
    await until(() => expect(hers.onlineUsers(acme).has(bob.personId)).toBe(false));
  });

  test('are seen typing, and no longer when they stop', async () => {
    const threadId = await alice.startThread('Typing', [bob]);
    const [hers, his] = [await alice.open(), await bob.open()];
    using _seen = hers.subscribeToThread(threadId);
    const isTyping = () => hers.usersIn(threadId).get(bob.personId)?.isTyping;
    his.sendTypingIndicator(threadId);
    await until(() => expect(isTyping()).toBe(true));
    his.sendTypingIndicator(threadId, { isTyping: false });
    await until(() => expect(isTyping()).toBeFalsy());
    his.sendTypingIndicator(threadId);
    await until(() => expect(isTyping()).toBe(true));
    // Five seconds of silence.
    await until(() => expect(isTyping()).toBeFalsy());
  });

  test('come back after the line was cut', async () => {
    const line = await Line.to(server.url);
    const [hers, his] = [await alice.open({ url: line.url }), await bob.open()];
    const sees = () => hers.onlineUsers(acme).has(bob.personId);
    await until(() => expect(sees()).toBe(true));
    line.cut();
    await until(() => expect(sees()).toBe(false));
    await until(() => expect(his.onlineUsers(acme).has(alice.personId)).toBe(false));
    line.mend();
    await until(() => expect(sees()).toBe(true));
    await until(() => expect(his.onlineUsers(acme).has(alice.personId)).toBe(true));
  });
});

describe('who may not', () => {
  test('nobody is signed in', async () => {
    const nobody = createRealtimeClient(createParleyClient({ url: server.url }));
    await expect(nobody).rejects.toMatchObject({ name: 'RealtimeError', code: 'UNAUTHORISED' });
    await expect(nobody).rejects.toBeInstanceOf(RealtimeError);
  });

  test('the server is not there', async () => {
    const line = await Line.to(server.url);
    const parley = createParleyClient({ url: line.url });
    await parley.signIn(ALICE);
    line.cut();
    await expect(createRealtimeClient(parley)).rejects.toMatchObject({ code: 'UNREACHABLE' });
  });

  test('the session ends meanwhile', async () => {
    const parley = createParleyClient({ url: server.url });
    await parley.signIn(ALICE);
    const live = await openFor(parley);
    const errors = listening(live.onError);
    await parley.signOut();
    await until(() => expect(errors).toMatchObject([{ code: 'UNAUTHORISED' }]));
    expect(live.state).toMatchObject({ state: 'unauthorised' });
  });

  test('a thread of somebody else is not there, and nothing of it is heard', async () => {
    const threadId = await alice.startThread('Private', [bob]);
    const live = await carol.open();
    const [errors, texts] = [listening(live.onError), textsOf(live)];
    using _subscribed = live.subscribeToThread(threadId);
    await until(() => expect(errors).toMatchObject([{ code: 'NOT_FOUND', threadId }]));
    const his = await bob.open();
    using _there = his.subscribeToThread(threadId);
    const heard = textsOf(his);
    await alice.send(threadId, 'a secret');
    await until(() => expect(heard).toEqual(['a secret']));
    expect([texts, live.usersIn(threadId).size, live.isConnected]).toEqual([[], 0, true]);
  });

  test('a partner hears of the thread that is shared, and sees nobody of the organisation', async () => {
    const inside = await alice.startThread('Inside', [bob]);
    const { shared, globex, dora } = await withPartner();
    const live = await dora.open();
    const [texts, errors] = [textsOf(live), listening(live.onError)];
    using _shared = live.subscribeToThread(shared);
    using _inside = live.subscribeToThread(inside);
    const hers = await alice.open();
    using _there = hers.subscribeToThread(shared);
    await until(() => expect(live.usersIn(shared).has(alice.personId)).toBe(true));
    await alice.send(inside, 'between us');
    await alice.act('sendNote', { threadId: shared, orgId: acme, messageId: uuidv7(), text: 'a note of Acme' });
    await alice.send(shared, 'to both');
    await until(() => expect(texts).toEqual(['to both']));
    expect(errors).toMatchObject([{ code: 'NOT_FOUND', threadId: inside }]);
    expect(live.onlineUsers(acme).size).toBe(0);
    expect(hers.onlineUsers(globex).size).toBe(0);
  });
});

/** Somebody of an installation, as another service is them. */
class Service {
  readonly parley: ParleyClient;
  readonly personId: string;
  readonly credentials: { email: string; password: string };
  readonly act: Mutate;

  private constructor(given: Pick<Service, 'parley' | 'personId' | 'credentials' | 'act'>) {
    ({ parley: this.parley, personId: this.personId, credentials: this.credentials, act: this.act } = given);
  }

  static async signIn({ email, password }: { email: string; password: string }): Promise<Service> {
    const parley = createParleyClient({ url: server.url });
    const { id: personId } = await parley.signIn({ email, password });
    return new Service({ parley, personId, credentials: { email, password }, act: await createMutate(parley) });
  }

  /** Somebody new in Acme. */
  static async join(name: string): Promise<Service> {
    const credentials = { email: `${name.toLowerCase()}@example.org`, password: ALICE.password };
    const invitation = { orgId: acme, email: credentials.email, role: 'member' as const };
    const { url } = await alice.parley.calls.organisations.invite.mutate(invitation);
    const accept = { token: new URL(url).pathname.split('/').at(-1) ?? '', name, password: credentials.password };
    await createParleyClient({ url: server.url }).calls.accounts.acceptInvitation.mutate(accept);
    return Service.signIn(credentials);
  }

  async open({ url = server.url, ...options }: RealtimeClientOptions & { url?: string } = {}): Promise<RealtimeClient> {
    if (url === server.url) return openFor(this.parley, options);
    const parley = createParleyClient({ url });
    await parley.signIn(this.credentials);
    return openFor(parley, options);
  }

  async startThread(subject: string, people: readonly Service[]): Promise<string> {
    const threadId = uuidv7();
    const participantIds = people.map(({ personId }) => personId);
    await this.act('createThread', { threadId, orgId: acme, subject, participantIds });
    return threadId;
  }

  send(threadId: string, text: string): Promise<void> {
    return this.act('sendMessage', { threadId, messageId: uuidv7(), text });
  }
}

async function openFor(parley: ParleyClient, options?: RealtimeClientOptions): Promise<RealtimeClient> {
  const live = await createRealtimeClient(parley, options);
  onTestFinished(() => live.close());
  return live;
}

/** Everything that is told to a listener from now on. */
function listening<Event>(on: (listener: (event: Event) => unknown) => unknown): Event[] {
  const heard: Event[] = [];
  on((event) => heard.push(event));
  return heard;
}

function textsOf({ onNewMessage }: Pick<RealtimeClient, 'onNewMessage'>): string[] {
  const texts: string[] = [];
  onNewMessage(({ message }) => texts.push(message.text));
  return texts;
}

const until = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 30_000 });

/** Dora of Globex, who was of Acme before, and a thread of both organisations. */
async function withPartner(): Promise<{ globex: string; shared: string; dora: Service }> {
  const { personId, credentials } = await Service.join('Dora');
  await alice.parley.calls.organisations.deactivateMember.mutate({ orgId: acme, personId });
  const { kysely, close } = openDatabase(server.databaseUrl, { sees: 'everything' });
  const [globex, shared] = [uuidv7(), uuidv7()];
  const { act } = createSyncServer<Tables, DatabaseTransaction>({
    storage: createPostgresStorage(kysely),
    mutators: {},
    isPaged,
    ownScope: userScope,
    publish: () => {},
  });
  const scopes = {
    create: [orgScope(globex), orgPeopleScope(globex), ...scopesOfThread(shared)],
    write: [alice.personId, personId].map(userScope),
    lock: [orgPeopleScope(acme)],
  };
  await act(null, scopes, async (tx) => {
    const joined = { role: 'member' as const, active: true, joinedAt: tx.now };
    tx.put('org', orgScope(globex), globex, { name: 'Globex', threadStarters: 'members', createdAt: tx.now });
    tx.put('membership', userScope(personId), globex, { ...joined, epoch: 1 });
    const card = { ...joined, name: 'Dora', email: 'dora@example.org', placeholder: false };
    tx.put('person', orgPeopleScope(globex), personId, card);
    tx.put('thread', threadScope(shared), shared, {
      ...{ homeOrg: acme, subject: 'Delivery', kind: 'external', createdAt: tx.now, createdBy: alice.personId },
      ...{ lastSeq: 0, lastMessage: null, resolved: null },
    });
    await join(tx, { threadId: shared, orgId: acme, personId: alice.personId });
    await join(tx, { threadId: shared, orgId: globex, personId });
    for (const [orgId, name] of [
      [acme, 'Acme'],
      [globex, 'Globex'],
    ] as const) {
      const row = { name, state: 'active' as const, permission: 'post' as const, addedAt: tx.now };
      tx.put('threadOrg', threadPeopleScope(shared), orgId, row);
    }
  });
  await close();
  return { globex, shared, dora: await Service.signIn(credentials) };
}
