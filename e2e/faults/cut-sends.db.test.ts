/** A line that is cut after every single byte of a send, and of all that comes back. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ScriptedClient } from '../chaos/scripted-client.ts';
import { eventually } from '../eventually.ts';
import { FLAWLESS, Stage } from './stage.ts';

/** Side by side: most of the time goes with waiting for the next try. */
const WRITERS = 32;

interface Writer {
  client: ScriptedClient;
  threadId: string;
  written: string[];
}

let stage: Stage;
let reader: ScriptedClient;
const writers: Writer[] = [];
beforeAll(async () => {
  stage = await Stage.open({ hosts: 1, people: WRITERS + 1 });
  const servers = stage.ports.slice(0, 1);
  reader = await stage.enter(servers);
  const clients = await Promise.all(Array.from({ length: WRITERS }, () => stage.enter(servers)));
  for (const client of clients) {
    writers.push({ client, threadId: (await stage.startThread(reader, client)).id, written: [] });
  }
}, 120_000);
afterAll(() => stage.close());

test.each(['send', 'answer'] as const)(
  '[PUSH1] [CONN2] cut after any byte of the %s, a message arrives once',
  { timeout: 300_000 },
  async (where) => {
    let next = 1;
    /** The first byte that was not there to be cut; there may be a later one where a number has a digit more. */
    let whole = Infinity;
    const cuts: number[] = [];
    const write = async ({ client, threadId, written }: Writer) => {
      const { network } = client;
      const struck = () => network.fired[where === 'send' ? 'cutInSend' : 'cutInAnswer'];
      while (next < whole) {
        const byte = next++;
        const before = struck();
        network.cutAt(where, byte);
        written.push(await client.send(threadId));
        await eventually(`what was cut after byte ${byte}`, () => {
          return client.isAtRest && client.texts(threadId).length === written.length;
        });
        if (struck() > before) cuts.push(byte);
        else whole = Math.min(whole, byte);
        network.become({ kind: 'fair' });
      }
    };
    await Promise.all(writers.map(write));
    const inside = cuts.filter((byte) => byte < whole).sort((a, b) => a - b);
    expect(inside).toEqual(Array.from({ length: whole - 1 }, (_, index) => index + 1));
    expect(whole).toBeGreaterThan(400);
  },
);

test('[PUSH1] each of them is there once, for its author and for the reader', async () => {
  const arrived = ({ threadId, written }: Writer) => reader.texts(threadId).length === written.length;
  await eventually('the reader to have everything', () => writers.every(arrived));
  for (const { client, threadId, written } of writers) {
    expect(client.texts(threadId)).toEqual(written);
    expect(reader.texts(threadId)).toEqual(written);
    expect((await client.report([threadId])).queue).toEqual([]);
  }
  const messages = writers.reduce((sum, { written }) => sum + written.length, 0);
  expect(await stage.judge()).toEqual({ ...FLAWLESS, messages });
});
