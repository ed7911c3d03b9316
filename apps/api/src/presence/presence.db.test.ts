/** Rooms over real sockets. Rules: docs/decisions/0022, [PRE1] and on. */
import { notesScope, orgPeopleScope, orgScope, threadScope, userScope } from '@parley/core/scopes';
import { v7 as uuidv7 } from 'uuid';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { WebsocketProvider } from 'y-websocket';
import { Doc } from 'yjs';
import { startDelivery } from '../testing/external-thread.ts';
import { browserOf, cast, enter, gus, server, threadId } from '../testing/delivery-server.ts';
import { RoomClient } from '../testing/room-client.ts';
import { endOf } from '../testing/socket.ts';
import { SyncClient } from '../testing/sync-client.ts';
import { addMember, PASSWORD } from '../testing/test-server.ts';
import { ROOM_CODES } from './seat.ts';

const here = { status: 'active', device: 'desktop' } as const;
const typing = { ...here, typing: 1 } as const;

describe('in a room', () => {
  test('[PRE1] everybody sees what the others say of themselves, under the name the server gives them', async () => {
    const [alice, carol] = [
      await enter(cast.alice, threadScope(threadId)),
      await enter(cast.carol, threadScope(threadId)),
    ];
    alice.say(here);
    await carol.sees(cast.alice.personId);
    carol.say(typing);
    await alice.sees(cast.carol.personId);
    expect(alice.others).toEqual([{ ...typing, personId: cast.carol.personId }]);
    alice.say({ ...here, status: 'away', device: 'phone' });
    await vi.waitFor(() => expect(carol.others).toMatchObject([{ status: 'away', device: 'phone' }]));
    alice.say({ ...here, doNotDisturb: true });
    await vi.waitFor(() => expect(carol.others).toMatchObject([{ status: 'active', doNotDisturb: true }]));
  });

  test('[PRE1] whoever comes later sees who is there, and each device of a person by itself', async () => {
    const first = await enter(cast.alice, orgScope(cast.acme));
    const second = await enter(cast.alice, orgScope(cast.acme));
    first.say(here);
    second.say({ ...here, device: 'phone' });
    const bob = await enter(cast.bob, orgScope(cast.acme));
    await bob.sees(cast.alice.personId, cast.alice.personId);
    first.close();
    await bob.sees(cast.alice.personId);
    expect(bob.others).toMatchObject([{ device: 'phone' }]);
  });

  test('[PRE2] nobody is there who has said nothing, or says that they go', async () => {
    const [alice, bob] = [await enter(cast.alice, orgScope(cast.acme)), await enter(cast.bob, orgScope(cast.acme))];
    bob.say(here);
    await alice.sees(cast.bob.personId);
    expect(bob.others).toEqual([]);
    bob.say(null);
    await alice.sees();
    expect(bob.isOpen).toBe(true);
  });

  test('[PRE3] saying the same again is told to nobody', async () => {
    const [alice, bob] = [await enter(cast.alice, orgScope(cast.acme)), await enter(cast.bob, orgScope(cast.acme))];
    alice.say(here);
    await bob.sees(cast.alice.personId);
    const { length } = bob.frames;
    for (let times = 0; times < 10; times += 1) alice.say(here);
    alice.say({ ...here, status: 'away' });
    await vi.waitFor(() => expect(bob.others).toMatchObject([{ status: 'away' }]));
    expect(bob.frames).toHaveLength(length + 1);
  });

  test('[PRE4] a room is gone when the last one has left', async () => {
    await vi.waitFor(() => expect(server.services.rooms.size).toBe(0));
    const alice = await enter(cast.alice, threadScope(threadId));
    const bob = await enter(cast.bob, threadScope(threadId));
    await enter(cast.bob, orgScope(cast.acme)).then((client) => client.close());
    await vi.waitFor(() => expect(server.services.rooms.size).toBe(1));
    alice.close();
    bob.close();
    await vi.waitFor(() => expect(server.services.rooms.size).toBe(0));
  });

  test('[PRE5] the client of y-websocket takes its connection for one that works, and gets no document', async () => {
    const { personId } = cast.alice;
    const doc = new Doc();
    const provider = new WebsocketProvider(`${server.url.replace('http', 'ws')}/presence`, orgScope(cast.acme), doc, {
      WebSocketPolyfill: browserOf(cast.alice).socketClass() as unknown as typeof WebSocket,
      disableBc: true,
      connect: false,
    });
    onTestFinished(() => {
      provider.destroy();
      doc.destroy();
    });
    const bob = await enter(cast.bob, orgScope(cast.acme));
    provider.awareness.setLocalState(here);
    provider.connect();
    await bob.sees(personId);
    await vi.waitFor(() => expect([provider.synced, provider.wsUnsuccessfulReconnects]).toEqual([true, 0]));
    expect(doc.share.size).toBe(0);
  });
});

describe('[PRE6] who may be in a room', () => {
  test.each<[string, () => string, string[]]>([
    ['the members of an organisation in its own', () => orgScope(cast.acme), ['alice', 'bob']],
    ['the people of a thread in its', () => threadScope(threadId), ['alice', 'bob', 'carol', 'gus']],
    [
      'the members of an organisation in the room of its notes',
      () => notesScope(threadId, cast.acme),
      ['alice', 'bob'],
    ],
    ['the partner’s in theirs', () => notesScope(threadId, cast.globex), ['carol']],
    ['nobody in a thread that is not there', () => threadScope(uuidv7()), []],
    ['nobody in what is no room', () => userScope(cast.alice.personId), []],
    ['nobody in a directory', () => orgPeopleScope(cast.acme), []],
    ['nobody in nothing', () => '', []],
    ['nobody in what is no scope', () => 'thread', []],
  ])('%s', async (_name, scope, welcome) => {
    const people = { alice: cast.alice, bob: cast.bob, carol: cast.carol, dave: cast.dave, gus };
    const entered = [];
    for (const [name, person] of Object.entries(people)) {
      const [status, code] = await endOf(RoomClient.enter(browserOf(person), scope()));
      if (status === 101) entered.push(name);
      else expect([status, code]).toEqual([404, 'NOT_FOUND']);
    }
    expect(entered).toEqual(welcome);
  });

  test('[PRE7] typing a note is seen by the readers of notes alone', async () => {
    const outside = await Promise.all(
      [cast.carol, gus]
        .flatMap((person) => [enter(person, threadScope(threadId))])
        .concat(enter(cast.carol, notesScope(threadId, cast.globex))),
    );
    const alice = await enter(cast.alice, notesScope(threadId, cast.acme));
    const bob = await enter(cast.bob, notesScope(threadId, cast.acme));
    alice.say(typing);
    await bob.sees(cast.alice.personId);
    const proof = await enter(cast.bob, threadScope(threadId));
    proof.say(here);
    await outside[0]?.sees(cast.bob.personId);
    for (const client of outside)
      expect(client.others.map(({ personId }) => personId)).not.toContain(cast.alice.personId);
  });
});

describe('[PRE8] whoever may no longer be in a room is cut off at once', () => {
  const gone = async (client: RoomClient, witness: RoomClient): Promise<void> => {
    expect(await client.closeCode()).toBe(ROOM_CODES.lost);
    await witness.sees();
  };

  test('when they are taken out of the thread', async () => {
    const [alice, carol] = [
      await enter(cast.alice, threadScope(threadId)),
      await enter(cast.carol, threadScope(threadId)),
    ];
    carol.say(here);
    await alice.sees(cast.carol.personId);
    const sync = await SyncClient.connect(browserOf(cast.alice), cast.alice.personId);
    onTestFinished(() => sync.close());
    const removed = await sync.push(
      'removeParticipant',
      { threadId, messageId: uuidv7(), personId: cast.carol.personId },
      threadScope(threadId),
    );
    expect(removed?.status).toBe('applied');
    await gone(carol, alice);
    expect(await endOf(RoomClient.enter(browserOf(cast.carol), threadScope(threadId)))).toEqual([404, 'NOT_FOUND']);
  });

  test('when they become a guest: from the organisation and from notes, and not from the thread', async () => {
    const mia = { personId: uuidv7(), name: 'Mia', email: 'mia@example.org' };
    await addMember(server.services, { ...mia, orgId: cast.acme, role: 'member' });
    const browser = await server.browser().signIn(mia, PASSWORD);
    const people = { ofAcme: [cast.alice, mia], ofGlobex: [cast.carol] };
    const threadId = await startDelivery(server.services, { ...cast, ...people });
    const rooms = [orgScope(cast.acme), notesScope(threadId, cast.acme), threadScope(threadId)];
    const own = await Promise.all(rooms.map((scope) => RoomClient.enter(browser, scope)));
    onTestFinished(() => own.forEach((client) => client.close()));
    const witnesses = await Promise.all(rooms.map((scope) => enter(cast.alice, scope)));
    own.forEach((client) => client.say(here));
    await Promise.all(witnesses.map((witness) => witness.sees(mia.personId)));
    const change = { orgId: cast.acme, personId: mia.personId, role: 'guest' };
    expect((await browserOf(cast.alice).call('mutation', 'organisations.changeRole', change)).status).toBe(200);
    const [ofOrg, ofNotes, ofThread] = own as [RoomClient, RoomClient, RoomClient];
    await gone(ofOrg, witnesses[0] as RoomClient);
    await gone(ofNotes, witnesses[1] as RoomClient);
    expect(ofThread.isOpen).toBe(true);
  });

  test('when their session ends', async () => {
    const browser = await server.browser().signIn(cast.bob, PASSWORD);
    const bob = await RoomClient.enter(browser, orgScope(cast.acme));
    const alice = await enter(cast.alice, orgScope(cast.acme));
    bob.say(here);
    await alice.sees(cast.bob.personId);
    await browser.call('mutation', 'accounts.signOut');
    expect(await bob.closeCode()).toBe(4401);
    await alice.sees();
  });

  test('when nobody told of it: at the next look', async () => {
    const carol = await enter(cast.carol, threadScope(threadId));
    await server.services.db
      .updateTable('participation')
      .set({ left_at: new Date() })
      .where('person_id', '=', cast.carol.personId)
      .where('thread_id', '=', threadId)
      .execute();
    await server.services.rooms.recheck();
    expect(await carol.closeCode()).toBe(ROOM_CODES.lost);
  });
});

test('[PRE9] a session may be in eighty rooms, beside its calls', async () => {
  const browser = await server.browser().signIn(cast.alice, PASSWORD);
  const clients = await Promise.all(Array.from({ length: 80 }, () => RoomClient.enter(browser, threadScope(threadId))));
  expect(await endOf(RoomClient.enter(browser, threadScope(threadId)))).toEqual([429, 'TOO_MANY_CONNECTIONS']);
  const calls = await browser.connect();
  expect((await calls.call('query', 'accounts.session')).data).toMatchObject({ person: { name: 'Alice' } });
  calls.close();
  for (const client of clients) client.close();
});

describe('[PRE10] a handshake from another page is refused', () => {
  test.each([
    ['another site', () => 'https://evil.example'],
    ['another port', () => `http://127.0.0.1:${server.port + 1}`],
    ['a name that begins like ours', () => `http://127.0.0.1:${server.port}.evil.example`],
    ['a name that ends like ours', () => 'http://evil-localhost:3000'],
    ['another scheme', () => `https://127.0.0.1:${server.port}`],
    ['nowhere', () => 'null'],
  ])('%s', async (_name, origin) => {
    const entering = RoomClient.enter(browserOf(cast.alice), orgScope(cast.acme), { origin: origin() });
    expect(await endOf(entering)).toEqual([403, 'CROSS_ORIGIN']);
    expect(server.services.rooms.size).toBe(0);
  });

  test('nobody, and whoever left their key behind', async () => {
    expect(await endOf(RoomClient.enter(server.browser(), orgScope(cast.acme)))).toEqual([401, 'UNAUTHORISED']);
    const { cookie } = browserOf(cast.alice);
    expect(await endOf(RoomClient.enter(server.browser(), orgScope(cast.acme), { cookie }))).toEqual([
      401,
      'UNAUTHORISED',
    ]);
  });
});
