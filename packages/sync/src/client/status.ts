/** What the engine is doing, in a form that can be shown to a person. */

/** Times in milliseconds since 1970. */
export type ConnectionState =
  | { state: 'connecting' }
  | { state: 'live'; since: number }
  /** `intercepted`: something else answered in place of the server, such as the sign-in page of a network. */
  | { state: 'reconnecting'; attempt: number; nextTryAt: number; intercepted: boolean }
  | { state: 'offline' }
  /** As many tries as the program allows were in vain. */
  | { state: 'resting' }
  /** `wrongAccount`: somebody else is signed in in this browser. */
  | { state: 'unauthorised'; wrongAccount: boolean }
  | { state: 'outdated' };

/**
 * - `disk`: everything is kept.
 * - `memory`: what the server said is kept only as long as the tab; what the person does is kept.
 * - `full`: there is no room even for what the person does; it is refused, and stays with whoever wrote it.
 * - `unwritable`: the same for another reason.
 */
export type StorageStatus = 'disk' | 'memory' | 'full' | 'unwritable';

export interface EngineStatus {
  connection: ConnectionState;
  /** When the client last held everything the server had, in milliseconds since 1970; `null` before the first time. */
  syncedAt: number | null;
  /** Mutations that have not reached the server; silent ones, and those that can be joined, are not counted. */
  waiting: number;
  /** Mutations that were refused and wait for the person. */
  failed: number;
  /** `false` while the first pull of this storage has not ended: there is nothing to show yet. */
  ready: boolean;
  storage: StorageStatus;
  /** This tab talks to the server, for all tabs of the person. */
  leads: boolean;
}
