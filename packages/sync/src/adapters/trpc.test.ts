/** Signs of life: packages/sync/SPEC.md, [CONN6]. */
import { createTRPCUntypedClient, wsLink } from '@trpc/client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { CloseReason } from '../client/ports.ts';
import { createTrpcNetwork, type SyncCalls } from './trpc.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A socket as a browser has it, over a line that is dead from the moment it is open: even its end is never confirmed. */
class DeadSocket extends EventTarget {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static readonly CLOSING = 2;
  static readonly CLOSED = 3;
  static all: DeadSocket[] = [];
  readyState: number = DeadSocket.CONNECTING;
  binaryType = 'blob';
  readonly sent: { at: number; data: string }[] = [];

  constructor() {
    super();
    DeadSocket.all.push(this);
    setTimeout(() => {
      this.readyState = DeadSocket.OPEN;
      this.dispatchEvent(new Event('open'));
    });
  }
  send(data: string): void {
    this.sent.push({ at: Date.now(), data });
  }
  close(): void {
    this.readyState = DeadSocket.CLOSING;
  }
}

/** After how many milliseconds of silence it asks, and after how many more it gives up. */
async function silence(): Promise<{ asks: number; givesUp: number; reason: CloseReason }> {
  const closed = Promise.withResolvers<{ reason: CloseReason; at: number }>();
  const network = createTrpcNetwork({
    url: () => 'ws://nowhere/trpc',
    calls(client) {
      const untyped = createTRPCUntypedClient({ links: [wsLink({ client })] });
      // Nothing is ever heard, and nothing else called.
      const live = { subscribe: (request: object) => untyped.subscription('sync.live', request, {}) };
      return { live } as Pick<SyncCalls, 'live'> as SyncCalls;
    },
    whyRefused: () => Promise.reject(new Error('Nobody answers.')),
    WebSocket: DeadSocket as unknown as typeof WebSocket,
  });
  const begun = Date.now();
  network.connect(
    { personId: 'alice', clientId: 'one' },
    { live: () => {}, closed: (reason) => closed.resolve({ reason, at: Date.now() }) },
  );
  await vi.advanceTimersByTimeAsync(40_000);
  const asked = DeadSocket.all.at(-1)?.sent.find(({ data }) => data === 'PING')?.at ?? NaN;
  const { reason, at } = await closed.promise;
  return { asks: asked - begun, givesUp: at - asked, reason };
}

test('[CONN6] asks when the line is silent, each connection after a time of its own, and gives up without the other end', async () => {
  const found = [];
  for (let connections = 0; connections < 20; connections += 1) found.push(await silence());
  for (const { asks, givesUp, reason } of found) {
    expect(asks).toBeGreaterThanOrEqual(15_000);
    expect(asks).toBeLessThanOrEqual(25_000);
    expect({ givesUp, reason }).toEqual({ givesUp: 8_000, reason: 'lost' });
  }
  const times = found.map(({ asks }) => asks);
  expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(2_000);
});
