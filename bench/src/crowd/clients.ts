/** A process full of clients. */
import { obey, wallClock } from './launched.ts';
import { openLine, type Line, type Ticket } from './wires.ts';

/** Handshakes under way at once: a server takes no more connections than its backlog holds. */
const AT_ONCE = 50;

interface Client {
  line: Line;
  lastHeard: string;
}

const crowds = new Map<string, Client[]>();
let expected = { text: '', left: 0, heardAt: Promise.withResolvers<number>() };
/** Milliseconds after each of them was said. */
let latencies: number[] = [];

const crowdOf = (name: string): Client[] => crowds.get(name) ?? [];

const calls = {
  /** Adds clients to a crowd, and waits until all of them are live. */
  async open(crowd: string, tickets: readonly Ticket[]): Promise<void> {
    const clients = crowdOf(crowd);
    crowds.set(crowd, clients);
    const left = [...tickets];
    const opener = async (): Promise<void> => {
      for (let ticket = left.shift(); ticket; ticket = left.shift()) {
        const client = { lastHeard: '' } as Client;
        client.line = openLine(ticket, {
          message(text) {
            // What came with a poke may come once more with an answer.
            if (text !== expected.text || client.lastHeard === text) return;
            client.lastHeard = text;
            expected.left -= 1;
            if (expected.left === 0) expected.heardAt.resolve(wallClock());
          },
          typing: (at) => latencies.push(wallClock() - at / 1_000),
        });
        clients.push(client);
        await client.line.live;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, opener));
  },

  expect(crowd: string, text: string): void {
    expected = { text, left: crowdOf(crowd).length, heardAt: Promise.withResolvers() };
  },

  /** The first of a crowd sends a message. @returns when */
  say(crowd: string, text: string): number {
    const at = wallClock();
    crowdOf(crowd)[0]?.line.say(text);
    return at;
  },

  /** When the last one had what is expected. */
  heardAt: (): Promise<number> => expected.heardAt.promise,

  present(crowd: string): void {
    for (const { line } of crowdOf(crowd)) line.present({ status: 'active', device: 'desktop' });
  },

  /** Each begins and stops typing in turns, at its own time. @returns how long others took to hear of it */
  async type(crowd: string, { everyMs, forMs }: { everyMs: number; forMs: number }): Promise<Float64Array> {
    const timers: NodeJS.Timeout[] = [];
    latencies = [];
    for (const [index, { line }] of crowdOf(crowd).entries()) {
      let types = index % 2 === 0;
      const change = () => {
        types = !types;
        const typing = types && { typing: Math.floor(wallClock() * 1_000) };
        line.present({ status: 'active', device: 'desktop', ...typing });
      };
      const start = () => {
        change();
        timers.push(setInterval(change, everyMs));
      };
      timers.push(setTimeout(start, (index / crowdOf(crowd).length) * everyMs));
    }
    await new Promise((resolve) => setTimeout(resolve, forMs));
    for (const timer of timers) clearTimeout(timer);
    // What was said last is on its way.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    return Float64Array.from(latencies);
  },

  close(crowd: string): void {
    for (const { line } of crowdOf(crowd)) line.close();
    crowds.delete(crowd);
  },
};
export type ClientCalls = typeof calls;

obey(calls);
