/** What becomes of the connection in every state on every event. The same table, in words, is in SPEC.md. */
import type { ConnectionState } from './status.ts';

export type ConnectionName = ConnectionState['state'];

/**
 * - `hello`: the server greets; `lost`: the connection or the attempt is gone; `spent`: so it is, and so are the tries;
 *   `refused`: this session, or this account, may not; `outdated`: this version may not
 * - `due`: the wait between two tries is over
 * - `online`, `offline`: what the machine says of its network
 * - `reopen`: the engine wants another connection, for instance as another client
 * - `wake`: somebody has come, or done something: another tab, or the person
 * - `watch`: the watchdog looks, bound to no event; `silent`: it found calls that fail or stay unanswered
 */
export type ConnectionEvent =
  | 'hello'
  | 'lost'
  | 'spent'
  | 'refused'
  | 'outdated'
  | 'due'
  | 'online'
  | 'offline'
  | 'reopen'
  | 'wake'
  | 'watch'
  | 'silent';

/**
 * - `keep`: everything stays
 * - `open`: whatever there is is closed, and another connection tried at once
 * - `mend`: the same, but only where nothing is under way and nothing is waited for
 * - `wait`: closed, and tried again after the next longer wait
 * - `rest`: closed, and not tried again by itself
 */
export type ConnectionAct = 'keep' | 'open' | 'mend' | 'wait' | 'rest';

type Cell = readonly [ConnectionName, ConnectionAct];

export const CONNECTION_TABLE: Record<ConnectionName, Record<ConnectionEvent, Cell>> = {
  connecting: {
    hello: ['live', 'keep'],
    lost: ['reconnecting', 'wait'],
    spent: ['resting', 'rest'],
    refused: ['unauthorised', 'rest'],
    outdated: ['outdated', 'rest'],
    due: ['connecting', 'keep'],
    online: ['connecting', 'open'],
    offline: ['offline', 'open'],
    reopen: ['connecting', 'open'],
    wake: ['connecting', 'keep'],
    watch: ['connecting', 'mend'],
    silent: ['connecting', 'keep'],
  },
  live: {
    hello: ['live', 'keep'],
    lost: ['reconnecting', 'wait'],
    spent: ['resting', 'rest'],
    refused: ['unauthorised', 'rest'],
    outdated: ['outdated', 'rest'],
    due: ['live', 'keep'],
    online: ['live', 'keep'],
    offline: ['offline', 'open'],
    reopen: ['connecting', 'open'],
    wake: ['live', 'keep'],
    watch: ['live', 'keep'],
    silent: ['reconnecting', 'open'],
  },
  reconnecting: {
    hello: ['live', 'keep'],
    lost: ['reconnecting', 'wait'],
    spent: ['resting', 'rest'],
    refused: ['unauthorised', 'rest'],
    outdated: ['outdated', 'rest'],
    due: ['reconnecting', 'open'],
    online: ['connecting', 'open'],
    offline: ['offline', 'open'],
    reopen: ['connecting', 'open'],
    wake: ['reconnecting', 'open'],
    watch: ['reconnecting', 'mend'],
    silent: ['reconnecting', 'keep'],
  },
  // A machine without a network may still reach a server of its own, so it is tried all the same.
  offline: {
    hello: ['live', 'keep'],
    lost: ['offline', 'wait'],
    spent: ['resting', 'rest'],
    refused: ['unauthorised', 'rest'],
    outdated: ['outdated', 'rest'],
    due: ['offline', 'open'],
    online: ['connecting', 'open'],
    offline: ['offline', 'keep'],
    reopen: ['offline', 'open'],
    wake: ['offline', 'open'],
    watch: ['offline', 'mend'],
    silent: ['offline', 'keep'],
  },
  // The program limits how often it is tried: something has to happen first.
  resting: {
    hello: ['live', 'keep'],
    lost: ['resting', 'rest'],
    spent: ['resting', 'rest'],
    refused: ['unauthorised', 'rest'],
    outdated: ['outdated', 'rest'],
    due: ['resting', 'keep'],
    online: ['connecting', 'open'],
    offline: ['resting', 'keep'],
    reopen: ['connecting', 'open'],
    wake: ['connecting', 'open'],
    watch: ['resting', 'keep'],
    silent: ['resting', 'keep'],
  },
  // The person may sign in again in any tab: whether they have is looked up from time to time.
  unauthorised: {
    hello: ['live', 'keep'],
    lost: ['unauthorised', 'rest'],
    spent: ['unauthorised', 'rest'],
    refused: ['unauthorised', 'rest'],
    outdated: ['outdated', 'rest'],
    due: ['unauthorised', 'keep'],
    online: ['unauthorised', 'open'],
    offline: ['unauthorised', 'keep'],
    reopen: ['unauthorised', 'open'],
    wake: ['unauthorised', 'open'],
    watch: ['unauthorised', 'mend'],
    silent: ['unauthorised', 'keep'],
  },
  // Only other code helps, and that comes with a reload.
  outdated: {
    hello: ['outdated', 'keep'],
    lost: ['outdated', 'keep'],
    spent: ['outdated', 'keep'],
    refused: ['outdated', 'keep'],
    outdated: ['outdated', 'keep'],
    due: ['outdated', 'keep'],
    online: ['outdated', 'keep'],
    offline: ['outdated', 'keep'],
    reopen: ['outdated', 'keep'],
    wake: ['outdated', 'keep'],
    watch: ['outdated', 'keep'],
    silent: ['outdated', 'keep'],
  },
};
