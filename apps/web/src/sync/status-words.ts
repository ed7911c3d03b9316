/** What the engine is doing, in words a person can act on. */
import type { EngineStatus } from '@parley/sync/client';

export interface StatusWords {
  tone: 'good' | 'quiet' | 'bad';
  text: string;
  /** What a press on the line leads to. */
  leadsTo: 'failed' | null;
}

const things = (count: number): string => (count === 1 ? '1 change' : `${count} changes`);

const storageWords: Record<Exclude<EngineStatus['storage'], 'disk'>, string> = {
  full: 'No space left on this device',
  unwritable: 'This browser keeps nothing you write',
  memory: 'Nothing can be read offline just now',
};

/**
 * The line at the foot of the list. The worst comes first: what could not be sent, what this browser cannot keep, what
 * waits and why, and only then that all is well.
 *
 * `syncedAgo` is the age of the last synchronisation as words, such as "2 minutes ago".
 */
export function statusWords(status: EngineStatus, syncedAgo: (at: number) => string): StatusWords {
  const { connection, waiting, failed, storage, syncedAt } = status;
  if (failed > 0) return { tone: 'bad', text: `${failed} could not be sent: look`, leadsTo: 'failed' };
  if (connection.state === 'unauthorised') {
    return {
      tone: 'bad',
      text: waiting > 0 ? `Signed out · ${things(waiting)} kept here` : 'Signed out',
      leadsTo: null,
    };
  }
  if (connection.state === 'outdated') return { tone: 'bad', text: 'A newer version is needed: reload', leadsTo: null };
  if (storage !== 'disk') return { tone: 'bad', text: storageWords[storage], leadsTo: null };
  const offline = ['offline', 'reconnecting', 'resting'].includes(connection.state);
  if (connection.state === 'reconnecting' && connection.intercepted) {
    const kept = waiting > 0 ? `${things(waiting)} kept here` : 'All saved here';
    return { tone: 'quiet', text: `${kept}: sign in to this network`, leadsTo: null };
  }
  if (waiting > 0) {
    return offline
      ? { tone: 'quiet', text: `${things(waiting)} waiting: offline`, leadsTo: null }
      : { tone: 'quiet', text: `Sending ${things(waiting)}`, leadsTo: null };
  }
  if (offline) {
    const since = syncedAt === null ? '' : ` · synced ${syncedAgo(syncedAt)}`;
    return { tone: 'quiet', text: `Offline, all saved here${since}`, leadsTo: null };
  }
  if (connection.state === 'connecting') return { tone: 'quiet', text: 'Connecting', leadsTo: null };
  const since = syncedAt === null ? '' : ` · synced ${syncedAgo(syncedAt)}`;
  return { tone: 'good', text: `Everything is saved${since}`, leadsTo: null };
}
