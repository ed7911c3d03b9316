/**
 * Who is signed in on this device. The cookie is the proof and the server its judge; what is kept here only lets the app
 * start without a network as the person who used it last.
 */
import { useSyncExternalStore } from 'react';
import { forgetThread } from '../shell/last-thread.ts';
import { accountCalls } from './account-calls.ts';
import { rememberAccount, toPerson, type SignedInPerson } from './known-accounts.ts';
import { forgetKey, keepKey, newKey } from './session-key.ts';

export type { SignedInPerson };

export type Session =
  | { state: 'unknown' }
  | { state: 'signedIn'; person: SignedInPerson }
  /** `expired`: somebody was signed in here, and their data is still on this device. */
  | { state: 'signedOut'; needsSetup: boolean; expired: SignedInPerson | null }
  | { state: 'unreachable' };

const kept = 'parley.session';
const listeners = new Set<() => void>();
let session: Session = readKept();
let checking: Promise<Session> | undefined;
/** Grows with every sign-in and sign-out: an answer to a question from before it is no news. */
let turn = 0;
/** Milliseconds that signing out waits for the server. */
const TELL_MS = 4_000;

function readKept(): Session {
  const person = keptPerson();
  return person === null ? { state: 'unknown' } : { state: 'signedIn', person };
}

function keptPerson(): SignedInPerson | null {
  try {
    return toPerson(JSON.parse(localStorage.getItem(kept) ?? 'null'));
  } catch {
    // Unreadable: ask the server.
    return null;
  }
}

/** @param signedInAt set by whoever has just signed in: the other tabs hear of it, also when it is the same person */
function become(next: Session, signedInAt?: number): Session {
  session = next;
  if (next.state === 'signedIn') {
    const { person } = next;
    const before = keptPerson();
    if (before !== null && before.id !== person.id) forgetThread();
    if (signedInAt !== undefined || JSON.stringify(before) !== JSON.stringify(toPerson(person))) {
      localStorage.setItem(kept, JSON.stringify({ ...person, signedInAt }));
      rememberAccount(person);
    }
  } else if (next.state === 'signedOut' && next.expired === null) localStorage.removeItem(kept);
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
  const asked = turn;
  try {
    const answer = await accountCalls.accounts.session.query();
    if (asked !== turn) return session;
    if (answer.person !== null) return become({ state: 'signedIn', person: answer.person });
    return become({ state: 'signedOut', needsSetup: answer.needsSetup, expired: before ?? expiredPerson() });
  } catch {
    return session.state === 'signedIn' || asked !== turn ? session : become({ state: 'unreachable' });
  }
}

function expiredPerson(): SignedInPerson | null {
  return session.state === 'signedOut' ? session.expired : null;
}

/** The session, asked of the server only where nothing is known yet. */
export async function knownSession(): Promise<Session> {
  return session.state === 'unknown' || session.state === 'unreachable' ? checkSession() : session;
}

/** Signs in by `call`, which gets the key to sign in with, and tells every tab. */
export async function signInBy<R extends { person: SignedInPerson | null }>(
  call: (options: { context: { newKey: string } }) => Promise<R>,
): Promise<R> {
  const key = newKey();
  const answer = await call({ context: { newKey: key } });
  if (answer.person !== null) {
    await keepKey(key);
    turn += 1;
    become({ state: 'signedIn', person: answer.person }, Date.now());
  }
  return answer;
}

/**
 * Ends the session in every tab, with or without a network. What is on this device stays, locked, until `wipe` has
 * taken it away.
 */
export async function endSession(wipe: () => Promise<void> = async () => {}): Promise<void> {
  turn += 1;
  // The other tabs stop their engines at that.
  localStorage.removeItem(kept);
  try {
    await forgetKey();
    await wipe();
    // The server is told as well; where it cannot be, the cookie is worth nothing without the key.
    await accountCalls.accounts.signOut.mutate(undefined, { signal: AbortSignal.timeout(TELL_MS) }).catch(() => {});
  } finally {
    turn += 1;
    become({ state: 'signedOut', needsSetup: false, expired: null });
  }
}

// Another tab signed in or out.
window.addEventListener('storage', (event) => {
  // `null`: everything was cleared.
  if (event.key !== kept && event.key !== null) return;
  turn += 1;
  checking = undefined;
  if (event.newValue === null) become({ state: 'signedOut', needsSetup: false, expired: null });
  else void checkSession();
});
