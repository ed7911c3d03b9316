/**
 * Who is signed in on this device. The cookie is the proof and the server its judge; what is kept here only lets the app
 * start without a network as the person who used it last.
 */
import { useSyncExternalStore } from 'react';
import { forgetThread } from '../shell/last-thread.ts';
import { accountCalls } from './account-calls.ts';

export interface SignedInPerson {
  id: string;
  name: string;
  email: string;
}

export type Session =
  | { state: 'unknown' }
  | { state: 'signedIn'; person: SignedInPerson }
  /**
   * `expired`: somebody was signed in here, and their data is still on this device. `shutOut`: no organisation has them any
   * more, and all that is left is what they wrote themselves.
   */
  | { state: 'signedOut'; needsSetup: boolean; expired: SignedInPerson | null; shutOut?: boolean }
  | { state: 'unreachable' };

const kept = 'parley.session';
const listeners = new Set<() => void>();
let session: Session = readKept();
let checking: Promise<Session> | undefined;
/** Grows with every sign-in and sign-out: an answer to a question from before it is no news. */
let turn = 0;

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

/** A person as it was kept; `null` for anything else. */
export function toPerson(given: unknown): SignedInPerson | null {
  const { id, name, email } = (given ?? {}) as Partial<SignedInPerson>;
  return id && name && email ? { id, name, email } : null;
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
    const expired = before ?? expiredPerson();
    const ended = { state: 'signedOut' as const, needsSetup: answer.needsSetup, expired };
    if (expired !== null && answer.shutOut === expired.id) forgetOrganisation(expired.id, ended).catch(() => undefined);
    return become(ended);
  } catch {
    return session.state === 'signedIn' || asked !== turn ? session : become({ state: 'unreachable' });
  }
}

/** What fails is done again when it is next asked who is signed in. */
async function forgetOrganisation(personId: string, ended: Session & { state: 'signedOut' }): Promise<void> {
  const { purgePerson } = await import('./leave-device.ts');
  await purgePerson(personId);
  if (session === ended) become({ ...ended, shutOut: true });
}

function expiredPerson(): SignedInPerson | null {
  return session.state === 'signedOut' ? session.expired : null;
}

/** The session, asked of the server only where nothing is known yet. */
export async function knownSession(): Promise<Session> {
  return session.state === 'unknown' || session.state === 'unreachable' ? checkSession() : session;
}

/** A sign-in or sign-out of this tab: what was asked before it is answered in vain. */
export function changeSession(next: Session, signedInAt?: number): void {
  forgetQuestions();
  become(next, signedInAt);
}

/** What the server is being asked, or was, is no news any more; the other tabs hear when the person goes. */
export function forgetQuestions(): void {
  turn += 1;
  checking = undefined;
}

/** Makes the other tabs stop their engines. */
export const forgetPerson = (): void => localStorage.removeItem(kept);

// Another tab signed in or out.
window.addEventListener('storage', (event) => {
  // `null`: everything was cleared.
  if (event.key !== kept && event.key !== null) return;
  forgetQuestions();
  if (event.newValue === null) become({ state: 'signedOut', needsSetup: false, expired: null });
  else void checkSession();
});
