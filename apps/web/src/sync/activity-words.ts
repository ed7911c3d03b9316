/** What the engine holds and has done, in words; nothing that a person wrote is in them. */
import { PROTOCOL_VERSION } from '@parley/sync/protocol';
import type { ConnectionState, EngineEvent, EngineStatus, Pending } from '@parley/sync/client';
import { itemTitle } from './item-words.ts';

export function connectionWords(connection: ConnectionState): string {
  switch (connection.state) {
    case 'connecting':
      return 'Connecting';
    case 'live':
      return 'Connected';
    case 'reconnecting':
      if (connection.intercepted) return 'This network wants you to sign in to it first';
      return connection.attempt === 1
        ? 'The server does not answer; trying again'
        : `The server does not answer; tried ${connection.attempt} times`;
    case 'offline':
      return 'This device has no network';
    case 'resting':
      return 'The server does not answer; it is tried again when you do something';
    case 'unauthorised':
      return connection.wrongAccount ? 'Somebody else is signed in in this browser' : 'Signed out';
    case 'outdated':
      return 'This page is too old for the server: reload it';
  }
}

export const storageWords = (storage: EngineStatus['storage']): string =>
  ({
    disk: 'Keeps everything',
    memory: 'Keeps what you write; the rest only while this tab is open',
    full: 'Has no space left',
    unwritable: 'Keeps nothing',
  })[storage];

/** Why an item is still here. `ahead`: items of the same lane before it. */
export function waitingWords(
  { state, heldUntil }: Pick<Pending, 'state' | 'heldUntil'>,
  ahead: number,
  connection: ConnectionState,
): string {
  if (state === 'saving') return 'Being saved on this device';
  if (state === 'sending') return 'On its way';
  if (state === 'applied') return 'Sent, and on its way back';
  if (state === 'failed') return 'Could not be sent';
  if (heldUntil !== null) return 'Held back for a moment, so that you can undo it';
  if (connection.state === 'unauthorised') return 'Waits until you sign in again';
  if (connection.state === 'outdated') return 'Waits for the page to be reloaded';
  if (connection.state !== 'live') return 'Waits for a connection';
  return ahead === 0 ? 'Next in line' : `Behind ${ahead} earlier ${ahead === 1 ? 'one' : 'ones'}`;
}

const rows = (count: number): string => (count === 1 ? '1 row' : `${count} rows`);
const changes = (count: number): string => (count === 1 ? '1 change' : `${count} changes`);

const states: Record<string, string> = {
  connecting: 'Connecting',
  live: 'Connected',
  reconnecting: 'Connection lost',
  offline: 'No network',
  resting: 'No more tries for now',
  unauthorised: 'Refused: not signed in',
  outdated: 'Refused: this page is too old',
};

/** One line of what the engine last did. */
export function eventWords({ what, detail, count }: Omit<EngineEvent, 'at'>): string {
  switch (what) {
    case 'connection':
      return states[detail] ?? detail;
    case 'pulled':
      return `Took in ${rows(count)}`;
    case 'sent':
      return `Sent ${changes(count)}`;
    case 'refused':
      return `Refused: ${itemTitle({ name: detail })}`;
    case 'leads':
      return 'This tab began to talk to the server';
    case 'follows':
      return 'Another tab took over talking to the server';
    case 'storage':
      return `This device: ${storageWords(detail as EngineStatus['storage']).toLowerCase()}`;
  }
}

export interface Activity {
  status: EngineStatus;
  items: readonly Pending[];
  events: readonly EngineEvent[];
  now: number;
}

/** For a request to whoever runs the server. Ids and names of acts are in it, and no word that a person wrote. */
export function supportText({ status, items, events, now }: Activity): string {
  const time = (at: number) => new Date(at).toISOString();
  return [
    `Parley, ${time(now)}`,
    `Connection: ${connectionWords(status.connection)}`,
    `This tab ${status.leads ? 'talks' : 'does not talk'} to the server; protocol ${PROTOCOL_VERSION}`,
    `Storage: ${status.storage}; synchronised ${status.syncedAt === null ? 'never' : time(status.syncedAt)}`,
    '',
    `Queue (${items.length}):`,
    ...items.map(({ id, name, lane, state, at, code }) => [time(at), name, state, code ?? '-', lane, id].join('  ')),
    '',
    'Events:',
    ...events.map((event) => `${time(event.at)}  ${event.what}  ${event.detail}  ${event.count}`),
  ].join('\n');
}
