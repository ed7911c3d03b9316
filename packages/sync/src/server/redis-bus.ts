/** Carries commits between processes over Redis: one channel a shard of scopes, so that a cluster can spread them. */
import { Redis } from 'ioredis';
import { v4 as randomId } from 'uuid';
import { createLocalBus, type Bus } from './bus.ts';
import type { Commit } from './commit.ts';
import type { ScopeId } from '../mutator.ts';

const SHARDS = 16;

export interface RedisBusOptions {
  url: string;
  /** First part of the channels' names; installations that share a Redis differ in it. */
  prefix?: string;
  /** Hears what went wrong; connections are made again without it. */
  onError: (error: unknown) => void;
}

interface Envelope {
  from: string;
  /** Absent: something of this process may have been lost on the way. */
  commit?: Commit;
}

/**
 * Resolves once it listens. What this process publishes it hears at once and without Redis. A connection that was lost
 * is made again, and then everybody is told of a gap.
 * @throws where Redis cannot be reached at first
 */
export async function createRedisBus({ url, prefix = 'parley', onError }: RedisBusOptions): Promise<Bus> {
  const self = randomId();
  const local = createLocalBus();
  const gaps = new Set<() => void>();
  const channels = Array.from({ length: SHARDS }, (_, shard) => `${prefix}:commits:${shard}`);

  const shared = {
    lazyConnect: true,
    autoResubscribe: false,
    maxRetriesPerRequest: 1,
    enableOfflineQueue: false,
  } as const;
  const subscriber = new Redis(url, shared);
  const publisher = new Redis(url, shared);
  const tellGap = () => gaps.forEach((gap) => gap());
  const send = (channel: string, envelope: Envelope) =>
    void publisher.publish(channel, JSON.stringify(envelope)).catch(onError);

  subscriber.on('error', onError);
  publisher.on('error', onError);
  subscriber.on('message', (_channel: string, text: string) => {
    const { from, commit } = JSON.parse(text) as Envelope;
    if (from === self) return;
    if (commit) local.publish(commit);
    else tellGap();
  });
  await Promise.all([subscriber.connect(), publisher.connect()]);
  await subscriber.subscribe(...channels);
  subscriber.on('ready', () => void subscriber.subscribe(...channels).then(tellGap, onError));
  publisher.on('ready', () => send(channels[0] as string, { from: self }));

  return {
    publish(commit) {
      local.publish(commit);
      for (const [shard, part] of byShard(commit)) send(channels[shard] as string, { from: self, commit: part });
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
