/**
 * What becomes of the two databases when something happens to them, as tables. SPEC.md holds a copy for people; a test
 * compares the two, and drives the code that ships into every cell.
 */

/**
 * - `worked`: a call came to its end.
 * - `lost`: the handle is closed, by the browser or to let another tab go on.
 * - `corrupt`: what is stored cannot be read.
 * - `full`: there is no room.
 * - `failed`: any other failure of the disk.
 * - `evict`: the outbox needs the room.
 * - `retry`: a while has passed in a state in which less can be done.
 */
export type DiskEvent = 'worked' | 'lost' | 'corrupt' | 'full' | 'failed' | 'evict' | 'retry';

/**
 * - `opening`: a handle has yet to prove itself, the first one or one in place of a lost one.
 * - `open`: as it should be.
 * - `rebuilding`: deleted, and opened anew.
 * - `evicting`: deleted, to make room.
 * - `memory`: kept in memory.
 */
export type CacheState = 'opening' | 'open' | 'rebuilding' | 'evicting' | 'memory';

/**
 * - `opening`: a handle has yet to prove itself, the first one or one in place of a lost one.
 * - `open`: as it should be.
 * - `clearing`: there was no room; the cache makes some.
 * - `full`: there is still none.
 * - `broken`: it cannot be opened, or not be written.
 */
export type OutboxState = 'opening' | 'open' | 'clearing' | 'full' | 'broken';

export type StateTable<State extends string> = Readonly<Record<State, Readonly<Record<DiskEvent, State>>>>;

const row = <State>(
  worked: State,
  lost: State,
  corrupt: State,
  full: State,
  failed: State,
  evict: State,
  retry: State,
): Record<DiskEvent, State> => ({ worked, lost, corrupt, full, failed, evict, retry });

export const cacheTable: StateTable<CacheState> = {
  opening: row('open', 'rebuilding', 'rebuilding', 'evicting', 'rebuilding', 'evicting', 'opening'),
  open: row('open', 'opening', 'rebuilding', 'evicting', 'opening', 'evicting', 'open'),
  rebuilding: row('open', 'memory', 'memory', 'memory', 'memory', 'evicting', 'rebuilding'),
  evicting: row('memory', 'memory', 'memory', 'memory', 'memory', 'evicting', 'evicting'),
  memory: row('memory', 'memory', 'memory', 'memory', 'memory', 'memory', 'rebuilding'),
};

export const outboxTable: StateTable<OutboxState> = {
  opening: row('open', 'broken', 'broken', 'clearing', 'broken', 'opening', 'opening'),
  open: row('open', 'opening', 'opening', 'clearing', 'opening', 'open', 'open'),
  clearing: row('open', 'broken', 'broken', 'full', 'broken', 'clearing', 'clearing'),
  full: row('open', 'broken', 'broken', 'full', 'broken', 'full', 'opening'),
  broken: row('open', 'broken', 'broken', 'full', 'broken', 'broken', 'opening'),
};
