/** The least of a sync client: a socket, its stream, and the lanes' counters. */
import { threadScope } from '@parley/core/scopes';
import {
  PROTOCOL_VERSION,
  type LiveEvent,
  type PullResponse,
  type PushResponse,
  type PushResult,
} from '@parley/sync/protocol';
import { v7 as uuidv7 } from 'uuid';
import type { Browser } from './browser.ts';
import type { Socket, Stream } from './socket.ts';

type Poke = Extract<LiveEvent, { kind: 'poke' }>;

export class SyncClient {
  readonly clientId = uuidv7();
  readonly hello: LiveEvent;
  readonly #socket: Socket;
  readonly #personId: string;
  readonly #stream: Stream;
  readonly #counts = new Map<string, number>();

  /** Connects and waits until the stream is open. */
  static async connect(browser: Browser, personId: string): Promise<SyncClient> {
    const socket = await browser.connect();
    const clientId = uuidv7();
    const stream = socket.subscribe('sync.live', { protocol: PROTOCOL_VERSION, personId, clientId });
    return new SyncClient({ socket, personId, clientId, stream, hello: (await stream.next()) as LiveEvent });
  }

  constructor(open: { socket: Socket; personId: string; clientId: string; stream: Stream; hello: LiveEvent }) {
    this.#socket = open.socket;
    this.#personId = open.personId;
    this.clientId = open.clientId;
    this.#stream = open.stream;
    this.hello = open.hello;
  }

  get #caller() {
    return { protocol: PROTOCOL_VERSION, personId: this.#personId, clientId: this.clientId, incarnation: null };
  }

  get bytes(): { sent: number; received: number } {
    return this.#socket.bytes;
  }

  subscribe(): Stream {
    const { incarnation: _, ...caller } = this.#caller;
    return this.#socket.subscribe('sync.live', caller);
  }

  /** Pulls scopes from nothing, with their newest 50 places. */
  async pull(scopes: readonly string[]): Promise<PullResponse> {
    const asks = scopes.map((scope) => ({ scope, from: null, epoch: null, window: 50 }));
    const { data, code } = await this.#socket.call('mutation', 'sync.pull', { ...this.#caller, scopes: asks });
    if (code) throw new Error(`The pull was refused: ${code}`);
    return data as PullResponse;
  }

  /** Pushes one mutation as its lane's next. */
  async push(name: string, args: object, lane: string): Promise<PushResult | undefined> {
    return (await this.pushAll(name, [args], lane))[0];
  }

  /** Pushes several of a kind, 50 at most, in their order. */
  async pushAll(name: string, argsOfEach: readonly object[], lane: string): Promise<PushResult[]> {
    const mutations = argsOfEach.map((args) => {
      const n = (this.#counts.get(lane) ?? 0) + 1;
      this.#counts.set(lane, n);
      return { id: uuidv7(), lane, n, name, version: 1, args, at: 0 };
    });
    const { data, code } = await this.#socket.call('mutation', 'sync.push', { ...this.#caller, mutations });
    if (code) throw new Error(`The push was refused: ${code}`);
    return (data as PushResponse).results;
  }

  async startThread(orgId: string, participantIds: string[]): Promise<string> {
    const threadId = uuidv7();
    const result = await this.push(
      'createThread',
      { threadId, orgId, subject: 'A thread', participantIds },
      threadScope(threadId),
    );
    if (result?.status !== 'applied') throw new Error(`The thread was not made: ${JSON.stringify(result)}`);
    return threadId;
  }

  /** The next poke of a scope; those of others before it are dropped. */
  async poke(scope: string): Promise<Poke> {
    for (;;) {
      const event = (await this.#stream.next()) as LiveEvent;
      if (event.kind === 'poke' && event.scope === scope) return event;
    }
  }

  /** Waits until the server says that pokes were lost. */
  async resync(): Promise<void> {
    while (((await this.#stream.next()) as LiveEvent).kind !== 'resync');
  }

  close(): void {
    this.#socket.close();
  }
}
