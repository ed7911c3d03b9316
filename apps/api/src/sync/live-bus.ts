/** Carries pokes and whispers between processes: over Redis where it is configured, in this process alone while it is away. */
import { createLocalBus, type Bus, type BusListener } from '@parley/sync/server';
import { createRedisBus } from '@parley/sync/server/redis-bus';
import type { Redis } from 'ioredis';
import { setTimeout as delay } from 'node:timers/promises';
import { syncLog } from '../logger.ts';

// A Redis that starts beside us is there within seconds.
const RETRY_MS = 1_000;

/**
 * Works at once. With Redis it joins the bus of Redis as soon as that answers, and then tells of a gap: what other
 * processes said before is lost, and whoever listens asks for it.
 */
export function openLiveBus(redis: { url: string; client: Redis } | null): Bus {
  const local = createLocalBus();
  if (!redis) return local;
  const listeners = new Set<BusListener>();
  const stop = new AbortController();
  let shared: Bus | undefined;

  const join = async (): Promise<void> => {
    while (!stop.signal.aborted && !shared) {
      shared = await connect(redis).catch((error: unknown) => logLoss(error));
      if (!shared) await delay(RETRY_MS, undefined, { signal: stop.signal }).catch(() => undefined);
    }
    if (stop.signal.aborted) return shared?.close();
    shared?.subscribe({
      commit: (commit) => local.publish(commit),
      whisper: (whisper) => local.whisper(whisper),
      gap: () => listeners.forEach((listener) => listener.gap()),
    });
    listeners.forEach((listener) => listener.gap());
    syncLog.info('pokes travel over Redis');
    return undefined;
  };
  const joining = join();

  return {
    publish: (commit) => (shared ?? local).publish(commit),
    whisper: (whisper) => (shared ?? local).whisper(whisper),
    subscribe(listener) {
      const leave = local.subscribe(listener);
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
        leave();
      };
    },
    async close() {
      stop.abort();
      await joining;
      await shared?.close();
      await local.close();
    },
  };
}

/** Asks first with a client that is there anyway: an attempt in vain would leave two behind that go on trying. */
async function connect({ url, client }: { url: string; client: Redis }): Promise<Bus> {
  await client.ping();
  return createRedisBus({ url, onError: logLoss });
}

/** Losing pokes costs latency, never data: nothing for a developer to look at while Redis is being restarted. */
function logLoss(error: unknown): undefined {
  syncLog.debug({ error: error instanceof Error ? error.message : String(error) }, 'Redis is not there');
}
