import { v7 as newId } from 'uuid';
import { expect, test, vi } from 'vitest';
import { migrateToLatest } from '../migrate.ts';
import { createDurableTestCluster } from '../testing/index.ts';
import { openInstallation, people, seed, startThread, TestClient } from './acme.fixture.ts';
import { EngineReader } from './cursor-proof.fixture.ts';

test('[CUR6] PostgreSQL killed and stopped in the middle: all heals by itself, nothing is lost or doubled', async () => {
  const SENDS = 60;
  const cluster = await createDurableTestCluster();
  await migrateToLatest(cluster.url);
  const installation = openInstallation(cluster.url);
  await seed(installation);
  const { server, database } = installation;
  const threadId = await startThread(server, [people.bob, people.erin]);

  let answered = 0;
  let failures = 0;
  const authors = [people.alice, people.bob, people.erin];
  const sending = authors.map(async (author) => {
    const client = new TestClient(server, author);
    for (let sent = 0; sent < SENDS; sent += 1) {
      const mutation = client.mutation('sendMessage', { threadId, messageId: newId(), text: `${sent}` });
      const push = () =>
        client.push(mutation).catch((error: unknown) => {
          failures += 1;
          throw error;
        });
      expect(await vi.waitFor(push, { timeout: 50_000 })).toMatchObject([{ status: 'applied' }]);
      answered += 1;
    }
  });
  await vi.waitFor(() => expect(answered).toBeGreaterThan(SENDS / 2), { timeout: 20_000 });
  await cluster.kill();
  await vi.waitFor(() => expect(failures).toBeGreaterThan(0), { timeout: 20_000 });
  await cluster.start();
  const [failuresByKill, answeredByKill] = [failures, answered];
  await vi.waitFor(() => expect(answered).toBeGreaterThan(answeredByKill + SENDS / 2), { timeout: 20_000 });
  await cluster.stop();
  await vi.waitFor(() => expect(failures).toBeGreaterThan(failuresByKill), { timeout: 20_000 });
  await cluster.start();
  await Promise.all(sending);

  const reader = new EngineReader(new TestClient(server, people.bob), [threadId]);
  const rows = await database.kysely
    .selectFrom('message')
    .select(['id', 'seq', 'author_id', 'text'])
    .orderBy('seq')
    .execute();
  expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_, index) => index + 1));
  for (const author of authors) {
    const texts = rows.filter((row) => row.author_id === author).map(({ text }) => text);
    expect(texts).toEqual(Array.from({ length: SENDS }, (_, index) => `${index}`));
  }
  expect((await reader.readNew()).toSorted()).toEqual(rows.map(({ id }) => id).toSorted());
  await installation.close();
  await cluster.remove();
});
