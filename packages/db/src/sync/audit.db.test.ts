/** Clients that hold something else than they should: SPEC.md, [AUD1] and on. */
import { threadPeopleScope, threadScope, userScope } from '@parley/core/scopes';
import type { AuditRequest, ScopeAnswer } from '@parley/sync/protocol';
import type { DirectServer } from '@parley/sync/testing';
import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { people, startThread, TestClient } from './acme.fixture.ts';
import { openEngineWorld, synced, type EngineWorld } from './client-engine.fixture.ts';

let world: EngineWorld;
beforeAll(async () => {
  world = await openEngineWorld();
});
afterEach(() => {
  world.stopClients();
  world.divergences.length = 0;
});
afterAll(() => world.close());

test(
  '[AUD1] what a client holds agrees with the server, scope by scope; who may not read is told nothing',
  { timeout: 60_000 },
  async () => {
    const threadId = await startThread(world.server, [people.bob]);
    const alice = new TestClient(world.server, people.alice);
    const messageId = newId();
    await alice.do('sendMessage', { threadId, messageId, text: 'as it was' });
    await alice.do('editMessage', { threadId, messageId, text: 'as it is' });
    const asked: AuditRequest[] = [];
    const kinds = new Map<string, string>();
    const bob = await world.openClient(people.bob, {
      patience: 2,
      server: (reached): DirectServer => ({
        ...reached,
        async audit(request) {
          asked.push(request);
          const answer = await reached.audit(request);
          kinds.set(request.scope, answer.kind);
          return answer;
        },
      }),
    });
    await synced(bob);
    await vi.waitFor(() => expect(kinds.size).toBeGreaterThanOrEqual(3), { timeout: 40_000 });
    expect(new Set(kinds.values())).toEqual(new Set(['agrees']));
    expect(world.divergences).toEqual([]);

    const [request] = asked;
    if (!request) throw new Error('Something was asked.');
    const { server } = world;
    const { sum, count } = request;
    const ask = (personId: string, change: Partial<AuditRequest>) =>
      server.audit(personId, { ...request, personId, ...change });
    expect(await ask(people.bob, { version: request.version + 1 })).toEqual({ kind: 'moved' });
    expect(await ask(people.bob, { epoch: request.epoch + 1 })).toEqual({ kind: 'moved' });
    expect(await ask(people.bob, { incarnation: newId() })).toEqual({ kind: 'moved' });
    for (const scope of [threadScope(threadId), threadPeopleScope(threadId), userScope(people.bob)]) {
      expect(await ask(people.dave, { scope, epoch: 1, version: 3, sum, count })).toEqual({ kind: 'moved' });
    }
  },
);

test('[AUD2] what differs is written down and fetched anew, and nothing else is', { timeout: 60_000 }, async () => {
  const threadId = await startThread(world.server, [people.bob]);
  const scope = threadScope(threadId);
  const alice = new TestClient(world.server, people.alice);
  for (const text of ['one', 'two', 'three']) await alice.do('sendMessage', { threadId, messageId: newId(), text });
  const answers: ScopeAnswer[] = [];
  const bob = await world.openClient(people.bob, {
    patience: 2,
    server: (reached): DirectServer => ({
      ...reached,
      async pull(request) {
        const response = await reached.pull(request);
        answers.push(...response.answers);
        return response;
      },
    }),
  });
  await synced(bob);
  bob.engine.open(scope);
  await vi.waitFor(() => expect(bob.texts(threadId)).toEqual(['one', 'two', 'three']));
  answers.length = 0;
  // A mistake such as none should be made: a row changes, and its scope does not.
  await sql`update message set text = 'two, in truth', version = 2 where thread_id = ${threadId} and seq = 3`.execute(
    world.database.kysely,
  );
  await vi.waitFor(() => expect(bob.texts(threadId)).toEqual(['one', 'two', 'two, in truth']), { timeout: 40_000 });
  expect(world.divergences).toMatchObject([
    { scope, version: 4, personId: people.bob, client: { count: 4 }, server: { count: 4 } },
  ]);
  expect(answers.filter(({ kind }) => kind === 'truncated').map((answer) => answer.scope)).toEqual([scope]);
});
