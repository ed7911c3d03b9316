/** How often somebody may ask. Shared through Redis where there is one; if it fails, each process counts alone. */
import type { Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes, type RateLimiterAbstract } from 'rate-limiter-flexible';
import { ApiError } from './api-error.ts';

/** `points` in every `seconds`, per key. */
interface Limit {
  points: number;
  seconds: number;
}

const limits = {
  /** Wrong passwords, links and tokens from one address. Successes are given back. */
  guessByAddress: { points: 60, seconds: 600 },
  /** Wrong passwords for one account from one address. */
  guessByAccountAndAddress: { points: 10, seconds: 600 },
  /** Wrong passwords for one account from everywhere: slows a botnet, and is far above what its owner mistypes. */
  guessByAccount: { points: 200, seconds: 3600 },
  /** Somebody signed in who confirms by a password or a code. Successes are given back. */
  confirm: { points: 10, seconds: 600 },
  /** Challenges for passkeys, to one address. */
  ceremony: { points: 60, seconds: 600 },
  /** Links to sign in, asked for from one address. */
  linkByAddress: { points: 20, seconds: 600 },
  /** … and for one account: nobody's mailbox is to be filled. */
  linkByAccount: { points: 5, seconds: 3600 },
  invite: { points: 200, seconds: 3600 },
  /** A demo is some hundred rows each time. */
  demo: { points: 20, seconds: 3600 },
  /** Pushes, pulls and pages of one person, all their devices together. */
  sync: { points: 6_000, seconds: 60 },
  /** Streams opened by one person. */
  live: { points: 120, seconds: 60 },
} satisfies Record<string, Limit>;

export type LimitName = keyof typeof limits;

export interface RateLimits {
  /** Counts one. @throws ApiError `RATE_LIMITED` with the seconds to wait */
  consume(name: LimitName, key: string): Promise<void>;
  /** Gives one back: what was counted turned out to be no guess. */
  refund(name: LimitName, key: string): Promise<void>;
}

export type LimitOverrides = Partial<Record<LimitName, Limit>>;

/** @param overrides other figures, for tests that reach a limit on purpose */
export function createRateLimits(redis: Redis | null, overrides: LimitOverrides = {}): RateLimits {
  const limiters = new Map<LimitName, RateLimiterAbstract>();
  for (const [name, limit] of Object.entries({ ...limits, ...overrides })) {
    const options = { keyPrefix: `limit:${name}`, points: limit.points, duration: limit.seconds };
    const memory = new RateLimiterMemory(options);
    // Sync traffic is counted in the process: a round trip to Redis for each send would cost more than it protects.
    const shared = redis !== null && name !== 'sync' && name !== 'live';
    limiters.set(
      name as LimitName,
      shared ? new RateLimiterRedis({ ...options, storeClient: redis, insuranceLimiter: memory }) : memory,
    );
  }
  const limiter = (name: LimitName): RateLimiterAbstract => limiters.get(name) as RateLimiterAbstract;
  return {
    async consume(name, key) {
      try {
        await limiter(name).consume(key);
      } catch (rejected) {
        if (!(rejected instanceof RateLimiterRes)) throw rejected;
        const retryAfterSeconds = Math.max(1, Math.ceil(rejected.msBeforeNext / 1000));
        throw new ApiError('RATE_LIMITED', 'Too many attempts. Try again later.', {
          status: 'TOO_MANY_REQUESTS',
          retryAfterSeconds,
        });
      }
    },
    async refund(name, key) {
      await limiter(name).reward(key);
    },
  };
}
