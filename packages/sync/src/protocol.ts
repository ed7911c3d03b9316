/**
 * The wire between client and server, explained above each shape. Changing a shape changes `PROTOCOL_VERSION`, which a
 * test sees to; what the version before said must still be understood, and be answered as it was.
 *
 * State, not a log: rows merge by (scope, table, id) and the greater version wins, so answers and pokes may arrive in
 * any order and more than once. The single exception is a page, see `PageAnswer`.
 */
import * as z from 'zod/mini';
import { LIMITS, PROTOCOL_VERSION, SPEAKS } from './limits.ts';

// Apart from the schemas, which a client does without.
export { LIMITS, PROTOCOL_VERSION, SPEAKS };

// Printable ASCII alone: a NUL or half a surrogate pair would be refused by the database, not by us.
const id = z.string().check(z.minLength(1), z.maxLength(200), z.regex(/^[\x21-\x7e]+$/));
const count = z.int().check(z.gte(0));

/**
 * One row: table, id, the scope's version when it last changed, and its data, `null` for a tombstone. Rows of a paged
 * scope carry their place in the data, as `seq`.
 */
const wireRow = z.tuple([id, id, count, z.nullable(z.record(z.string(), z.unknown()))]);
export type WireRow = [table: string, id: string, version: number, data: object | null];

/**
 * The handshake, part of every request. A server serves whoever speaks a protocol it knows, and gives rows in the shape
 * of the client's schema; where it cannot, it refuses with `OUTDATED` and the page asks to be reloaded.
 */
const caller = {
  /** The newest protocol the client speaks. */
  protocol: z.int(),
  /** The oldest one it makes do with; absent, the one before. */
  oldest: z.optional(z.int()),
  /** Which shape of rows the client reads; absent, the first. */
  schema: z.optional(count),
  /** Who the client believes to be. Another one than the session's is answered `wrong_account`. */
  personId: z.uuid(),
  /** One installation of the client storage; bound to one person for ever. */
  clientId: z.uuid(),
};

/**
 * Asks for what is new in each scope. `from` is the client's cursor, `null` where it has nothing; `epoch` is the
 * membership epoch it knows (`null` with `from: null`). `window` is how many of the newest places of a paged scope to
 * send when it starts from nothing or is truncated (0 = the head only).
 */
export const pullRequest = z.object({
  ...caller,
  incarnation: z.nullable(z.string()),
  scopes: z
    .array(z.object({ scope: id, from: z.nullable(count), epoch: z.nullable(count), window: z.optional(count) }))
    .check(z.maxLength(LIMITS.pullScopes)),
});
export type PullRequest = z.infer<typeof pullRequest>;

/**
 * - `delta`: rows with a version in (from, to]. `more`: there are newer ones, pull again from `to`.
 * - `truncated`: replace all you hold of this scope. Every place from `low` on is included, what lies below comes by
 *   page. Sent for paged scopes that start from nothing or are too far behind.
 * - `reset`: your cursor means nothing here (restore, purge, new epoch): drop the scope and pull from nothing.
 * - `forbidden`: you may not read it, or it does not exist: drop every trace.
 */
export type ScopeAnswer =
  | { scope: string; kind: 'delta'; epoch: number; from: number; to: number; rows: WireRow[]; more: boolean }
  | { scope: string; kind: 'truncated'; epoch: number; to: number; low: number; rows: WireRow[] }
  | { scope: string; kind: 'reset' }
  | { scope: string; kind: 'forbidden' };
const scopeAnswer = z.discriminatedUnion('kind', [
  z.object({
    scope: id,
    kind: z.literal('delta'),
    epoch: count,
    from: count,
    to: count,
    rows: z.array(wireRow),
    more: z.boolean(),
  }),
  z.object({ scope: id, kind: z.literal('truncated'), epoch: count, to: count, low: count, rows: z.array(wireRow) }),
  z.object({ scope: id, kind: z.literal('reset') }),
  z.object({ scope: id, kind: z.literal('forbidden') }),
]);
export const pullResponse = z.object({
  incarnation: z.string(),
  serverTime: z.number(),
  answers: z.array(scopeAnswer),
});
export type PullResponse = { incarnation: string; serverTime: number; answers: ScopeAnswer[] };

/** Asks for up to `limit` places of a paged scope just below `before`. */
export const pageRequest = z.object({
  ...caller,
  incarnation: z.string(),
  scope: id,
  epoch: count,
  before: count,
  limit: z.int().check(z.gte(1), z.lte(LIMITS.pageRows)),
});
export type PageRequest = z.infer<typeof pageRequest>;

/**
 * Every place in [low, before) as of `version`. A page whose version is below the scope's cursor is thrown away and
 * fetched again, else an edit that arrived meanwhile would be undone by the late page. A page never moves the cursor.
 */
export type PageAnswer =
  | { kind: 'page'; incarnation: string; epoch: number; version: number; low: number; rows: WireRow[] }
  | { kind: 'reset' }
  | { kind: 'forbidden' };
export const pageAnswer = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('page'),
    incarnation: z.string(),
    epoch: count,
    version: count,
    low: count,
    rows: z.array(wireRow),
  }),
  z.object({ kind: z.literal('reset') }),
  z.object({ kind: z.literal('forbidden') }),
]);

/**
 * What a person did, in order inside each lane. `n` counts the lane's mutations of this client from 1; `at` is the
 * client's clock, a label only; `after` names earlier mutations that must have been applied before.
 */
export const wireMutation = z.object({
  id: z.uuid(),
  lane: id,
  n: z.int().check(z.gte(1)),
  name: id,
  version: z.int().check(z.gte(1)),
  args: z.unknown(),
  at: z.number(),
  after: z.optional(z.array(z.uuid()).check(z.maxLength(LIMITS.pushAfter))),
});
export type WireMutation = z.infer<typeof wireMutation>;
export const pushRequest = z.object({
  ...caller,
  incarnation: z.nullable(z.string()),
  mutations: z.array(wireMutation).check(z.minLength(1), z.maxLength(LIMITS.pushMutations)),
});
export type PushRequest = z.infer<typeof pushRequest>;

/**
 * Asks whether what the client holds of a scope is what the server has: all rows without a place, and those from `low` on
 * (`null` for scopes without places), as of exactly `version`. `count` and `sum` are those of `checksum`.
 */
export const auditRequest = z.object({
  ...caller,
  incarnation: z.string(),
  scope: id,
  epoch: count,
  version: count,
  low: z.nullable(count),
  count,
  sum: z.string().check(z.regex(/^[0-9a-f]{32}$/)),
});
export type AuditRequest = z.infer<typeof auditRequest>;

/** `moved`: the scope is no longer at this version, or not the caller's to read, so nothing can be said. */
export const auditAnswer = z.object({ kind: z.enum(['agrees', 'differs', 'moved']) });
export type AuditAnswer = z.infer<typeof auditAnswer>;

const effect = z.object({ scope: id, version: count });
export type Effect = z.infer<typeof effect>;

/**
 * - `applied`: done; the same answer however often it is asked. Its rows are there once the client's cursors have
 *   reached `effects`, which name only scopes the actor may read.
 * - `rejected`: refused for good, with a stable code; `n` is used up.
 * - `gap`: `n` is not the lane's next, which is `expected`; nothing was done.
 * - `fork`: this `n` was used by another mutation: the storage was cloned; take a new client id.
 * - `unknown`: `n` was used, but its result is no longer kept.
 * - `not_yet`: something named in `after` has not arrived, or somebody holds a lock for long; `dependency_failed`: it was refused. `n` is not used up.
 */
export const pushResult = z.discriminatedUnion('status', [
  z.object({ id: z.uuid(), status: z.literal('applied'), effects: z.array(effect) }),
  z.object({ id: z.uuid(), status: z.literal('rejected'), code: z.string(), message: z.string() }),
  z.object({ id: z.uuid(), status: z.literal('gap'), expected: count }),
  z.object({ id: z.uuid(), status: z.literal('fork') }),
  z.object({ id: z.uuid(), status: z.literal('unknown') }),
  z.object({ id: z.uuid(), status: z.literal('not_yet') }),
  z.object({ id: z.uuid(), status: z.literal('dependency_failed') }),
]);
export type PushResult = z.infer<typeof pushResult>;
/** One result for each mutation, in the order asked. `serverTime` in milliseconds since 1970. */
export const pushResponse = z.object({ incarnation: z.string(), serverTime: z.number(), results: z.array(pushResult) });
export type PushResponse = z.infer<typeof pushResponse>;

/** Opens the stream of pokes. */
export const liveRequest = z.object(caller);
export type LiveRequest = z.infer<typeof liveRequest>;

/**
 * - `hello`: the stream is open; every later change of a scope this connection has pulled will be poked.
 * - `poke`: the scope went from `from` to `to`. With `rows` (all that changed) a client whose cursor is at `from`
 *   needs no pull. A hint: losing one costs time, never data.
 * - `resync`: pokes were lost; pull the vector.
 */
export type LiveEvent =
  | { kind: 'hello'; incarnation: string; serverTime: number }
  | { kind: 'poke'; scope: string; from: number; to: number; rows: WireRow[] | null }
  | { kind: 'resync' };

/** Request-level refusals, as stable codes in the error's `data.code`. */
export const REQUEST_ERRORS = [
  'UNAUTHORISED',
  'WRONG_ACCOUNT',
  'OUTDATED',
  'TOO_LARGE',
  'RATE_LIMITED',
  'BUSY',
] as const;
export type RequestErrorCode = (typeof REQUEST_ERRORS)[number];
