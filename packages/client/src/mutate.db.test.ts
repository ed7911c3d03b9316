/** Against a real server process: a service that writes, through a line that can be cut and a server that can be killed. */
import { openDatabase } from '@parley/db';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createParleyClient, ParleyError } from './index.ts';
import { Line } from './line.fixture.ts';
import { createMutate, Refusal, type Mutate, type MutateOptions } from './mutate.ts';
import { ALICE, freePort, startParley, type ParleyServer } from './parley-server.fixture.ts';

let server: ParleyServer;
let orgId: string;
beforeAll(async () => {
  server = await startParley();
  ({ orgId } = server);
});
afterAll(() => server.stop());

test('what is asked for at once in one thread is done in that order', async () => {
  const mutate = await open();
  const threadId = uuidv7();
  const sent = Array.from({ length: 60 }, (_, index) => `message ${index}`);
  await Promise.all([start(mutate, threadId), ...sent.map((text) => send(mutate, threadId, text))]);
  expect(await texts(threadId)).toEqual(sent);
});

test('what the rules refuse says why, and what comes after it is done', async () => {
  const mutate = await open();
  const threadId = uuidv7();
  await start(mutate, threadId);
  const refused = send(mutate, uuidv7(), 'into nowhere');
  await expect(refused).rejects.toMatchObject({ name: 'Refusal', code: 'not_found' });
  await expect(refused).rejects.toBeInstanceOf(Refusal);
  await expect(mutate('deleteMessage', { threadId, messageId: uuidv7() })).rejects.toMatchObject({ code: 'not_found' });
  await expect(mutate('sendMessage', { threadId, messageId: 'none', text: '' })).rejects.toMatchObject({
    issues: expect.any(Array),
  });
  const message = { threadId, messageId: uuidv7(), text: 'the report of Monday' };
  await expect(mutate('sendMessage', message, { id: 'monday' })).rejects.toBeInstanceOf(TypeError);
  await send(mutate, threadId, 'after it');
  expect(await texts(threadId)).toEqual(['after it']);
});

test('what was done while its answer was lost is done once', async () => {
  const line = await Line.to(server.url);
  const mutate = await open({ url: line.url });
  const threadId = uuidv7();
  await start(mutate, threadId);
  line.loseAnswers();
  const sending = [send(mutate, threadId, 'first'), send(mutate, threadId, 'second')];
  await expect.poll(() => texts(threadId)).toContain('first');
  line.mend();
  await Promise.all(sending);
  await send(mutate, threadId, 'third');
  expect(await texts(threadId)).toEqual(['first', 'second', 'third']);
});

test('what has an id of its own is done once, by whatever process', async () => {
  const [one, other] = [await open(), await open()];
  const [threadId, id] = [uuidv7(), uuidv7()];
  await start(one, threadId);
  await one('sendMessage', { threadId, messageId: uuidv7(), text: 'the report of Monday' }, { id });
  await other('sendMessage', { threadId, messageId: uuidv7(), text: 'the report of Monday, again' }, { id });
  await send(other, threadId, 'on it goes');
  expect(await texts(threadId)).toEqual(['the report of Monday', 'on it goes']);
});

test('a server that is killed has all of it when it is back', async () => {
  const mutate = await open();
  const threadId = uuidv7();
  await start(mutate, threadId);
  let sending: Promise<void>[] = [];
  await server.restart(async () => {
    sending = ['first', 'second', 'third'].map((text) => send(mutate, threadId, text));
  });
  await Promise.all(sending);
  expect(await texts(threadId)).toEqual(['first', 'second', 'third']);
});

test('a server that was taken back to a backup takes what comes after it', async () => {
  const mutate = await open();
  const threadId = uuidv7();
  await start(mutate, threadId);
  await server.restart(async () => {
    const { kysely, close } = openDatabase(server.databaseUrl, { sees: 'everything' });
    await kysely.updateTable('installation').set({ incarnation: uuidv7() }).execute();
    await close();
  });
  await Promise.all(['first', 'second'].map((text) => send(mutate, threadId, text)));
  expect(await texts(threadId)).toEqual(['first', 'second']);
});

test('patience comes to its end, and what is asked for later is done', async () => {
  const line = await Line.to(server.url);
  const mutate = await open({ url: line.url, patienceMs: 500 });
  const threadId = uuidv7();
  await start(mutate, threadId);
  line.cut();
  const given = Promise.allSettled(['first', 'second'].map((text) => send(mutate, threadId, text)));
  for (const result of await given) {
    expect(result).toMatchObject({ status: 'rejected', reason: { name: 'ParleyError', code: 'UNREACHABLE' } });
  }
  line.mend();
  await send(mutate, threadId, 'third');
  expect(await texts(threadId)).toEqual(['third']);
});

test('nobody writes who is not signed in, or no longer', async () => {
  const parley = createParleyClient({ url: server.url });
  await expect(createMutate(parley)).rejects.toMatchObject({ name: 'ParleyError', code: 'UNAUTHORISED' });
  await parley.signIn(ALICE);
  const mutate = await createMutate(parley);
  await parley.signOut();
  const refused = await start(mutate, uuidv7()).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(ParleyError);
  expect(refused).toMatchObject({ code: 'UNAUTHORISED', requestId: expect.any(String) });
  const elsewhere = createParleyClient({ url: `http://127.0.0.1:${await freePort()}` });
  await expect(createMutate(elsewhere)).rejects.toMatchObject({ code: 'UNREACHABLE' });
});

async function open({ url = server.url, ...options }: MutateOptions & { url?: string } = {}): Promise<Mutate> {
  const parley = createParleyClient({ url });
  await parley.signIn(ALICE);
  return createMutate(parley, options);
}

const start = (mutate: Mutate, threadId: string) =>
  mutate('createThread', { threadId, orgId, subject: 'Build', participantIds: [] });
const send = (mutate: Mutate, threadId: string, text: string) =>
  mutate('sendMessage', { threadId, messageId: uuidv7(), text });

/** All that stands in a thread, as the database has it. */
async function texts(threadId: string): Promise<string[]> {
  const { kysely, close } = openDatabase(server.databaseUrl, { sees: 'everything' });
  const rows = await kysely
    .selectFrom('message')
    .select('text')
    .where('thread_id', '=', threadId)
    .orderBy('seq')
    .execute();
  await close();
  return rows.map(({ text }) => text);
}
