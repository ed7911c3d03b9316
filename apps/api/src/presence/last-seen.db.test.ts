/** When rooms last saw people, and who is told. Rules: docs/decisions/0026. */
import { notesScope, orgPeopleScope, orgScope, threadScope, userScope } from '@parley/core/scopes';
import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { browserOf, cast, enter, gus, server, threadId } from '../testing/delivery-server.ts';
import { SyncClient } from '../testing/sync-client.ts';
import { createLastSeen, type Seen } from './last-seen.ts';

const here = { status: 'active', device: 'desktop' } as const;
const MINUTE = 60_000;

beforeEach(async () => {
  await everybodyIsGone();
  await server.services.lastSeen.close();
  await sql`delete from last_seen`.execute(server.services.db);
});

const everybodyIsGone = () => vi.waitFor(() => expect(server.services.rooms.size).toBe(0));

const ask = (person: { personId: string }, ...rooms: string[]) =>
  browserOf(person).call('query', 'presence.lastSeen', { rooms });

async function seenBy(person: { personId: string }, ...rooms: string[]): Promise<string[]> {
  const { code, data } = await ask(person, ...rooms);
  expect(code).toBeUndefined();
  return (data as Seen[]).map(({ personId }) => personId).sort();
}

/** Somebody is in a room, seen by another, and goes. */
async function visit(visitor: { personId: string }, scope: string, witness: { personId: string }): Promise<void> {
  const [client, other] = [await enter(visitor, scope), await enter(witness, scope)];
  client.say(here);
  await other.sees(visitor.personId);
  client.close();
  await other.sees();
  other.close();
}

/** Notes it as the rooms do. */
const note = (scope: string, ...people: { personId: string }[]) =>
  people.forEach(({ personId }) => server.services.lastSeen.note(scope, personId));

test('[PRE16] whoever was in a room was last seen there when they went, to the minute', async () => {
  const before = Date.now();
  await visit(cast.bob, orgScope(cast.acme), cast.alice);
  const { data } = await ask(cast.alice, orgScope(cast.acme));
  const [seen, ...others] = data as Seen[];
  expect(others).toEqual([]);
  expect(seen?.personId).toBe(cast.bob.personId);
  expect((seen?.at ?? 0) % MINUTE).toBe(0);
  expect(seen?.at).toBeGreaterThan(before - MINUTE);
  expect(seen?.at).toBeLessThanOrEqual(Date.now());
});

test('[PRE16] whoever has only come is known by that, for when the process dies', async () => {
  const [bob, alice] = [await enter(cast.bob, orgScope(cast.acme)), await enter(cast.alice, orgScope(cast.acme))];
  bob.say(here);
  await alice.sees(cast.bob.personId);
  expect(await seenBy(cast.alice, orgScope(cast.acme))).toEqual([cast.bob.personId]);
});

test('[PRE17] whoever says nothing of themselves, as the invisible do, is seen nowhere', async () => {
  const [bob, alice] = [await enter(cast.bob, orgScope(cast.acme)), await enter(cast.alice, orgScope(cast.acme))];
  bob.say(null);
  alice.say(here);
  await bob.sees(cast.alice.personId);
  bob.close();
  expect(await seenBy(cast.alice, orgScope(cast.acme))).toEqual([cast.alice.personId]);
});

test('[PRE17] whoever becomes invisible was last seen then, as if they had gone', async () => {
  const [bob, alice] = [await enter(cast.bob, orgScope(cast.acme)), await enter(cast.alice, orgScope(cast.acme))];
  bob.say(here);
  await alice.sees(cast.bob.personId);
  bob.say(null);
  await alice.sees();
  await ask(cast.alice, orgScope(cast.acme));
  await sql`update last_seen set at = at - interval '2 hours'`.execute(server.services.db);
  const told = await ask(cast.alice, orgScope(cast.acme));
  bob.close();
  alice.close();
  await everybodyIsGone();
  expect((await ask(cast.alice, orgScope(cast.acme))).data).toEqual(told.data);
});

describe('[PRE18] who may ask', () => {
  test.each<[string, () => string[], string[]]>([
    ['the members of an organisation', () => [orgScope(cast.acme)], ['alice', 'bob']],
    ['the members of the other one', () => [orgScope(cast.globex)], ['carol']],
    ['the people of a thread', () => [threadScope(threadId)], ['alice', 'bob', 'carol', 'gus']],
    ['whoever may be in both', () => [threadScope(threadId), orgScope(cast.acme)], ['alice', 'bob']],
    ['nobody of notes', () => [notesScope(threadId, cast.acme)], []],
    ['nobody of a thread that is not there', () => [threadScope(uuidv7())], []],
    ['nobody of a person', () => [userScope(cast.alice.personId)], []],
    ['nobody of a directory', () => [orgPeopleScope(cast.acme)], []],
    ['nobody of several with a foreign one', () => [orgScope(cast.acme), orgScope(cast.globex)], []],
    ['nobody of nothing', () => [''], []],
    ['nobody of what is no room', () => ['org:%'], []],
    ['nobody of a room with something behind it', () => [`${orgScope(cast.acme)}:x`], []],
  ])('%s', async (_name, rooms, welcome) => {
    const people = { alice: cast.alice, bob: cast.bob, carol: cast.carol, dave: cast.dave, gus };
    const told = [];
    for (const [name, person] of Object.entries(people)) {
      const { code } = await ask(person, ...rooms());
      if (code === undefined) told.push(name);
      else expect(code).toBe('NOT_FOUND');
    }
    expect(told).toEqual(welcome);
  });

  test('whoever was taken out of a thread neither asks nor is told of', async () => {
    note(threadScope(threadId), cast.bob, cast.carol);
    expect(await seenBy(cast.carol, threadScope(threadId))).toEqual([cast.bob.personId, cast.carol.personId].sort());
    const sync = await SyncClient.connect(browserOf(cast.alice), cast.alice.personId);
    onTestFinished(() => sync.close());
    await sync.push(
      'removeParticipant',
      { threadId, messageId: uuidv7(), personId: cast.carol.personId },
      threadScope(threadId),
    );
    expect((await ask(cast.carol, threadScope(threadId))).code).toBe('NOT_FOUND');
    expect(await seenBy(cast.alice, threadScope(threadId))).toEqual([cast.bob.personId]);
  });
});

test('[PRE18] a partner is told of what was seen in the thread, and nothing of where else somebody was', async () => {
  await visit(cast.bob, orgScope(cast.acme), cast.alice);
  expect(await seenBy(cast.carol, threadScope(threadId))).toEqual([]);
  await visit(cast.bob, threadScope(threadId), cast.carol);
  expect(await seenBy(cast.carol, threadScope(threadId))).toEqual([cast.bob.personId]);
});

test('[PRE18] members of an organisation are told of each other, and not of its guests', async () => {
  note(orgScope(cast.acme), cast.bob, gus, cast.carol);
  expect(await seenBy(cast.alice, orgScope(cast.acme))).toEqual([cast.bob.personId]);
  note(threadScope(threadId), gus);
  expect(await seenBy(cast.alice, threadScope(threadId))).toEqual([gus.personId]);
});

test('[PRE18] the room of notes keeps nothing', async () => {
  await visit(cast.bob, notesScope(threadId, cast.acme), cast.alice);
  await seenBy(cast.alice, threadScope(threadId));
  const { rows } = await sql`select scope from last_seen`.execute(server.services.db);
  expect(rows).toEqual([]);
});

describe('[PRE19] what is written', () => {
  const readable = async (_person: string, scopes: readonly string[]) => new Set(scopes);
  const room = () => orgScope(cast.acme);
  const stored = async () =>
    (await sql<{ place: string }>`select ctid::text as place from last_seen`.execute(server.services.db)).rows;

  test('is one row of a person and room, which grows only and is not touched twice in a minute', async () => {
    let now = 100 * MINUTE;
    const lastSeen = createLastSeen({ db: server.services.db, readable, now: () => now });
    const at = async () => {
      lastSeen.note(room(), cast.bob.personId);
      return (await lastSeen.of(cast.alice.personId, [room()])).map((seen) => seen.at / MINUTE);
    };
    expect(await at()).toEqual([100]);
    now += MINUTE - 1;
    const before = await stored();
    expect(await at()).toEqual([100]);
    expect(await stored()).toEqual(before);
    now += 1;
    expect(await at()).toEqual([101]);
    now -= 5 * MINUTE;
    expect(await at()).toEqual([101]);
    expect(await stored()).toHaveLength(1);
  });

  test('is everything that was noted, when the process ends', async () => {
    const lastSeen = createLastSeen({ db: server.services.db, readable });
    for (const { personId } of [cast.alice, cast.bob]) lastSeen.note(room(), personId);
    lastSeen.note(threadScope(threadId), cast.bob.personId);
    await lastSeen.close();
    expect(await stored()).toHaveLength(3);
  });

  test('is not hindered by somebody who is no longer there', async () => {
    note(room(), { personId: uuidv7() }, cast.bob);
    expect(await seenBy(cast.alice, room())).toEqual([cast.bob.personId]);
  });
});
