/** Carries commits between processes over Redis: one channel a shard of scopes, so that a cluster can spread them. */
import { Redis } from 'ioredis';
import { v4 as randomId } from 'uuid';
import { createLocalBus, type Bus, type Whisper } from './bus.ts';
import type { Commit } from './commit.ts';
import type { ScopeId } from '../mutator.ts';

const SHARDS = 16;
const PREFIX = 'parley';
/** Commands fail at once while Redis is away. */
const IMPATIENT = { maxRetriesPerRequest: 1, enableOfflineQueue: false } as const;

interface Shared {
  url: string;
  /** First part of the channels' names; installations that share a Redis differ in it. */
  prefix?: string;
}

export interface RedisBusOptions extends Shared {
  /** Hears what went wrong; connections are made again without it. */
  onError: (error: unknown) => void;
}

interface Envelope {
  from: string;
  commit?: Commit;
  /** Without it and a commit: something of this process may have been lost on the way. */
  whisper?: Whisper;
}

/**
 * Resolves once it listens. What this process publishes it hears at once and without Redis. A connection that was lost
 * is made again, and then everybody is told of a gap.
 * @throws where Redis cannot be reached at first
 */
export async function createRedisBus({ url, prefix = PREFIX, onError }: RedisBusOptions): Promise<Bus> {
  const self = randomId();
  const local = createLocalBus();
  const gaps = new Set<() => void>();
  // Releases without whispers would take one for a gap: these have channels of their own.
  const channels = Array.from({ length: SHARDS }, (_, shard) => [
    channelOf(prefix, shard),
    whispersOf(prefix, shard),
  ]).flat();

  const subscriber = new Redis(url, { ...IMPATIENT, lazyConnect: true, autoResubscribe: false });
  const publisher = new Redis(url, { ...IMPATIENT, lazyConnect: true });
  const tellGap = () => gaps.forEach((gap) => gap());

  subscriber.on('error', onError);
  publisher.on('error', onError);
  subscriber.on('message', (_channel: string, text: string) => {
    const { from, commit, whisper } = JSON.parse(text) as Envelope;
    if (from === self) return;
    if (commit) local.publish(commit);
    else if (whisper) local.whisper(whisper);
    else tellGap();
  });
  await Promise.all([subscriber.connect(), publisher.connect()]);
  await subscriber.subscribe(...channels);
  subscriber.on('ready', () => void subscriber.subscribe(...channels).then(tellGap, onError));
  publisher.on('ready', () => void sayGap(publisher, prefix, self).catch(onError));

  return {
    publish(commit) {
      local.publish(commit);
      for (const [shard, part] of byShard(commit)) {
        publisher.publish(channelOf(prefix, shard), envelope({ from: self, commit: part })).catch(onError);
      }
    },
    whisper(whisper) {
      local.whisper(whisper);
      const channel = whispersOf(prefix, shardOf(whisper.scope));
      publisher.publish(channel, envelope({ from: self, whisper })).catch(onError);
    },
    subscribe(listener) {
      const gap = () => listener.gap();
      const stop = local.subscribe(listener);
      gaps.add(gap);
      return () => {
        gaps.delete(gap);
        stop();
      };
    },
    async close() {
      await local.close();
      gaps.clear();
      subscriber.disconnect();
      publisher.disconnect();
    },
  };
}

export interface RedisPublisherOptions extends Shared {
  /** Gets what Redis did not take. */
  undelivered: (commit: Commit) => void;
}

/** For a process that writes and in which nobody listens. Works at once, whether Redis is there or not. */
export function createRedisPublisher({ url, prefix = PREFIX, undelivered }: RedisPublisherOptions) {
  const self = randomId();
  const publisher = new Redis(url, IMPATIENT);
  let wasThere = false;
  // Told with each commit that is not delivered.
  publisher.on('error', () => {});
  publisher.on('ready', () => {
    if (wasThere) sayGap(publisher, prefix, self).catch(() => {});
    wasThere = true;
  });
  return {
    publish(commit: Commit): void {
      for (const [shard, part] of byShard(commit)) {
        publisher
          .publish(channelOf(prefix, shard), envelope({ from: self, commit: part }))
          .catch(() => undelivered(part));
      }
    },
    close: (): void => publisher.disconnect(),
  };
}

const channelOf = (prefix: string, shard: number): string => `${prefix}:commits:${shard}`;
const whispersOf = (prefix: string, shard: number): string => `${prefix}:whispers:${shard}`;
const envelope = (told: Envelope): string => JSON.stringify(told);

/** Something may have been lost with a connection. */
const sayGap = (publisher: Redis, prefix: string, self: string): Promise<number> =>
  publisher.publish(channelOf(prefix, 0), envelope({ from: self }));

function byShard({ changes, lost }: Commit): Map<number, Commit> {
  const parts = new Map<number, Commit>();
  const partOf = (scope: ScopeId): Commit => {
    const shard = shardOf(scope);
    const part = parts.get(shard) ?? { changes: [], lost: [] };
    parts.set(shard, part);
    return part;
  };
  for (const item of lost) partOf(item.scope).lost.push(item);
  for (const change of changes) partOf(change.scope).changes.push(change);
  return parts;
}

/** FNV-1a: the same in every process and version. */
function shardOf(scope: ScopeId): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < scope.length; index += 1) {
    hash = Math.imul(hash ^ scope.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0) % SHARDS;
}
