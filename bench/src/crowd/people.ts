/** People of an installation who are signed in, without a browser. */
import { createIdentity, NEW_KEY_HEADER } from '@parley/api/accounts/identity';
import { v7 as newId } from 'uuid';
import { addAccounts } from '../app.ts';
import { startThreads, type Installation } from '../installation.ts';
import { Sender } from '../sender.ts';
import type { Ticket } from './wires.ts';

export const SETTINGS = {
  publicUrl: 'http://localhost:3000',
  authSecret: 'a secret of the benches, long enough for all',
};

export interface SignedIn {
  personId: string;
  /** What a browser offers in a handshake. */
  protocols: string[];
  headers: { cookie: string; origin: string };
}

/** New members of the organisation, each with a browser. */
export async function addSignedIn(installation: Installation, count: number): Promise<SignedIn[]> {
  const names = Array.from({ length: count }, () => `Person-${newId()}`);
  const accounts = await addAccounts(installation, names);
  const identity = createIdentity(installation.database.kysely, SETTINGS);
  const people: SignedIn[] = [];
  for (const { personId } of accounts) {
    const key = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url');
    const responseHeaders = new Headers();
    const headers = new Headers({ [NEW_KEY_HEADER]: key });
    await identity.openSession(personId, { headers, responseHeaders, address: '127.0.0.1' });
    const cookie = responseHeaders.getSetCookie().map((each) => each.split(';')[0]);
    people.push({
      personId,
      protocols: ['parley', `person.${personId}`, `key.${key}`],
      headers: { cookie: cookie.join('; '), origin: SETTINGS.publicUrl },
    });
  }
  return people;
}

/** As many as may be there when a thread is started, and when people are added. */
const AT_ONCE = 500;

/** A thread with all of them. */
export async function startThreadOf(installation: Installation, people: readonly SignedIn[]): Promise<string> {
  const ids = people.map(({ personId }) => personId);
  const [thread] = await startThreads(installation, ids, { count: 1, size: Math.min(AT_ONCE, ids.length) });
  if (!thread) throw new Error('There is nobody.');
  const starter = new Sender(installation.server, ids[0] ?? '');
  for (let first = AT_ONCE; first < ids.length; first += AT_ONCE) {
    const { threadId } = thread;
    const { orgId } = installation;
    const personIds = ids.slice(first, first + AT_ONCE);
    await starter.do('addParticipants', { threadId, orgId, messageId: newId(), personIds });
  }
  return thread.threadId;
}

/** For calls and pokes. */
export const callTicket = ({ personId, protocols, headers }: SignedIn, port: number, scopes: string[]): Ticket => ({
  wire: 'parley',
  url: `ws://127.0.0.1:${port}/trpc`,
  protocols,
  headers,
  personId,
  rooms: scopes,
});

/** For who is there. */
export const roomTicket = ({ personId, protocols, headers }: SignedIn, port: number, room: string): Ticket => ({
  wire: 'room',
  url: `ws://127.0.0.1:${port}/presence/${room}`,
  protocols,
  headers,
  personId,
  rooms: [room],
});

export const peerTicket = (wire: 'ws' | 'socket.io' | 'hocuspocus', port: number, rooms: string[]): Ticket => ({
  wire,
  url: `ws://127.0.0.1:${port}${wire === 'socket.io' ? '/socket.io/?EIO=4&transport=websocket' : `/${rooms[0]}`}`,
  protocols: [],
  headers: {},
  personId: '',
  rooms,
});
