/** Every act with arguments made from its own schema, right ones and spoiled ones. Rules: SPEC.md, [PUSH2], [PUSH8]. */
import { mutators, type MutatorName } from '@parley/core/mutators';
import { threadPeopleScope, threadScope, userScope } from '@parley/core/scopes';
import { pullResponse, pushRequest, pushResponse, type PushResult, type WireMutation } from '@parley/sync/protocol';
import { arbitraryOf, spoiledOf, type Schema } from '@parley/sync/testing/arbitrary-of';
import fc from 'fast-check';
import { v7 as newId } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../testing/index.ts';
import {
  openInstallation,
  orgs,
  people,
  seed,
  startPartnerThread,
  startThread,
  TestClient,
  type TestInstallation,
} from './acme.fixture.ts';

const SEED = 4471;

let testDatabase: TestDatabase;
let installation: TestInstallation;
let known: { threadId: string; messageIds: string[]; teamId: string; orgIds: string[] };
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  installation = openInstallation(testDatabase.url);
  await seed(installation);
});
afterAll(async () => {
  await installation.close();
  await testDatabase.drop();
});

/** A thread of alice and bob with messages that are sent, saved and scheduled; and a team. */
async function aThreadInUse(): Promise<typeof known> {
  const threadId = await startThread(installation.server, [people.bob]);
  const alice = new TestClient(installation.server, people.alice);
  const messageIds = Array.from({ length: 6 }, () => newId());
  for (const messageId of messageIds.slice(3)) {
    await alice.do('scheduleMessage', {
      threadId,
      messageId,
      text: 'later',
      replyTo: null,
      dueAt: Date.UTC(2099, 0, 1),
    });
  }
  for (const messageId of messageIds.slice(0, 3)) {
    await alice.do('sendMessage', { threadId, messageId, text: 'now', draft: { rootId: null, generation: 0 } });
    await alice.do('saveMessage', { threadId, messageId });
  }
  const teamId = newId();
  await alice.do('createTeam', { orgId: orgs.acme, teamId, name: 'Drivers', memberIds: [people.bob] });
  return { threadId, messageIds, teamId, orgIds: [orgs.acme] };
}

/** A partner thread in which alice has written notes. */
async function aThreadWithNotes(): Promise<typeof known> {
  const threadId = await startPartnerThread(installation.server, [
    [people.alice, orgs.acme],
    [people.carol, orgs.globex],
  ]);
  const alice = new TestClient(installation.server, people.alice);
  const messageIds = Array.from({ length: 6 }, () => newId());
  for (const messageId of messageIds)
    await alice.do('sendNote', { threadId, orgId: orgs.acme, messageId, text: 'between us' });
  return { threadId, messageIds, teamId: newId(), orgIds: [orgs.acme, orgs.globex] };
}

/** Most ids name something. */
function idsFor(field: string): fc.Arbitrary<string> {
  const existing = () => {
    if (/thread/i.test(field)) return [known.threadId];
    if (/^(add|remove)$|person|participant|member/i.test(field)) return [people.bob, people.erin, people.dave];
    if (field === 'teamId') return [known.teamId];
    return /^(org|group)Ids?$/.test(field) ? known.orgIds : known.messageIds;
  };
  const named = fc.nat().map((index) => existing()[index % existing().length] ?? '');
  return fc.oneof({ weight: 3, arbitrary: named }, { weight: 1, arbitrary: fc.uuid({ version: 7 }) });
}

/** Pushed as it comes from the wire, by a client of its own: it is the first of its lane. */
async function push(...acts: [name: MutatorName, args: unknown, lane?: string][]): Promise<PushResult[]> {
  const client = new TestClient(installation.server, people.alice);
  const lanes = new Map<string, number>();
  const mutations = acts.map(([name, args, lane = `lane of ${name}`]): WireMutation => {
    const n = (lanes.get(lane) ?? 0) + 1;
    lanes.set(lane, n);
    return { id: newId(), lane: lane.replaceAll(' ', '-'), n, name, version: 1, args, at: 0 };
  });
  const sent = pushRequest.parse(
    JSON.parse(JSON.stringify({ ...client.caller, incarnation: null, mutations })) as unknown,
  );
  return pushResponse.parse(await installation.server.push(people.alice, sent)).results;
}

const laneOf = (name: MutatorName, args: unknown): string =>
  mutators[name].lane(mutators[name].args.parse(args) as never, people.alice);
const code = /^[a-z]+(_[a-z]+)*$/;

async function expectReadable(): Promise<void> {
  const scopes = [userScope(people.alice), threadScope(known.threadId), threadPeopleScope(known.threadId)];
  const answer = await installation.server.pull(people.alice, {
    ...new TestClient(installation.server, people.alice).caller,
    incarnation: null,
    scopes: scopes.map((scope) => ({ scope, from: null, epoch: null, window: 50 })),
  });
  expect(pullResponse.safeParse(JSON.parse(JSON.stringify(answer))).error).toBeUndefined();
}

describe.each(Object.keys(mutators) as MutatorName[])('%s', (name) => {
  beforeAll(async () => {
    known = await (/note|partner/i.test(name) ? aThreadWithNotes() : aThreadInUse());
  });
  // Every schema of `core` is one of zod; the engine asks only that it can parse.
  const schema = mutators[name].args as unknown as Schema;

  test('[PUSH2] with arguments that its schema accepts is done or refused with a code, and its lane goes on', async () => {
    let done = 0;
    await fc.assert(
      fc.asyncProperty(arbitraryOf(schema, { idsFor }), async (args) => {
        const lane = laneOf(name, args);
        const [first, second] = await push([name, args, lane], [name, args, lane]);
        for (const result of [first, second]) {
          expect(result?.status).toMatch(/^(applied|rejected)$/);
          if (result?.status === 'rejected') expect(result.code).toMatch(code);
          else done += 1;
        }
      }),
      // A thread can be started with much that does not exist.
      { seed: SEED, numRuns: name === 'createThread' ? 150 : 25 },
    );
    // Updates of a draft that mean something are made by Yjs alone: drafts.db.test.ts.
    if (name !== 'mergeDraft') expect(done).toBeGreaterThan(0);
    await expectReadable();
  });

  test('[PUSH8] with arguments that were spoiled is refused as invalid and writes nothing', async () => {
    await fc.assert(
      fc.asyncProperty(spoiledOf(schema, { idsFor }), async (args) => {
        const sent = JSON.parse(JSON.stringify(args ?? null)) as unknown;
        const understood = isUnderstood(name, sent);
        const lane = understood ? laneOf(name, sent) : threadScope(known.threadId);
        installation.commits.length = 0;
        const [result, next] = await push([name, sent, lane], ['sendMessage', someText(), lane]);
        if (!understood) expect(result).toMatchObject({ status: 'rejected', code: 'invalid' });
        for (const answer of [result, next]) expect(answer?.status).toMatch(/^(applied|rejected)$/);
        const applied = [result, next].filter((answer) => answer?.status === 'applied');
        // Of a refusal nobody is told, for nothing was written.
        expect(installation.commits).toHaveLength(applied.length);
      }),
      { seed: SEED, numRuns: 40 },
    );
    await expectReadable();
  });
});

const someText = () => ({ threadId: known.threadId, messageId: newId(), text: 'and on' });

function isUnderstood(name: MutatorName, args: unknown): boolean {
  try {
    mutators[name].args.parse(args);
    return true;
  } catch {
    return false;
  }
}
