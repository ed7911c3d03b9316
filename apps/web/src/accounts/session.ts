/**
 * Who is signed in on this device. The cookie is the proof and the server its judge; what is kept here only lets the app
 * start without a network as the person who used it last.
 */
import { useSyncExternalStore } from 'react';
import { accountCalls } from './account-calls.ts';

export interface SignedInPerson {
  id: string;
  name: string;
  email: string;
}

export type Session =
  | { state: 'unknown' }
  | { state: 'signedIn'; person: SignedInPerson }
  /** `expired`: somebody was signed in here, and their data is still on this device. */
  | { state: 'signedOut'; needsSetup: boolean; expired: SignedInPerson | null }
  | { state: 'unreachable' };

const key = 'parley.session';
const listeners = new Set<() => void>();
let session: Session = readKept();
let checking: Promise<Session> | undefined;

function readKept(): Session {
  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? 'null') as Partial<SignedInPerson> | null;
    if (kept?.id && kept.name && kept.email) {
      return { state: 'signedIn', person: { id: kept.id, name: kept.name, email: kept.email } };
    }
  } catch {
    // Unreadable: ask the server.
  }
  return { state: 'unknown' };
}

function become(next: Session): Session {
  session = next;
  if (next.state === 'signedIn') localStorage.setItem(key, JSON.stringify(next.person));
  else if (next.state === 'signedOut' && next.expired === null) localStorage.removeItem(key);
  listeners.forEach((notify) => notify());
  return next;
}

/** The session as known now, without asking. */
export const currentSession = (): Session => session;

/** The session as known now; the component follows its changes. */
export function useSession(): Session {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, currentSession);
}

/** Asks the server who is signed in. Without an answer a known person stays signed in. One question at a time. */
export function checkSession(): Promise<Session> {
  checking ??= askServer().finally(() => (checking = undefined));
  return checking;
}

async function askServer(): Promise<Session> {
  const before = session.state === 'signedIn' ? session.person : null;
  try {
    const answer = await accountCalls.accounts.session.query();
    if (answer.person !== null) return become({ state: 'signedIn', person: answer.person });
    return become({ state: 'signedOut', needsSetup: answer.needsSetup, expired: before ?? expiredPerson() });
  } catch {
    return session.state === 'signedIn' ? session : become({ state: 'unreachable' });
  }
}

function expiredPerson(): SignedInPerson | null {
  return session.state === 'signedOut' ? session.expired : null;
}

/** The session, asked of the server only where nothing is known yet. */
export async function knownSession(): Promise<Session> {
  return session.state === 'unknown' || session.state === 'unreachable' ? checkSession() : session;
}

/**
 * Ends the session on the server, runs `wipe` and forgets the person here.
 * @throws when the server could not be told: the cookie would still be good, so nothing is wiped.
 */
export async function signOut(wipe: () => Promise<void>): Promise<void> {
  await accountCalls.accounts.signOut.mutate();
  try {
    await wipe();
  } finally {
    become({ state: 'signedOut', needsSetup: false, expired: null });
  }
}

// Another tab signed in or out.
window.addEventListener('storage', (event) => {
  if (event.key !== key) return;
  if (event.newValue === null) become({ state: 'signedOut', needsSetup: false, expired: null });
  else void checkSession();
});
