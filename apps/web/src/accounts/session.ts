/**
 * Whose page this tab is, and whether they are signed in. The cookie is the proof and the server its judge; what is kept
 * here only lets the app start without a network.
 */
import { useSyncExternalStore } from 'react';
import { accountCalls } from './account-calls.ts';
import {
  bindTab,
  dropPerson,
  freeTab,
  keepPerson,
  keptPerson,
  personInChange,
  rememberAccount,
  tabPersonId,
  type SignedInPerson,
} from './known-accounts.ts';

export type Session =
  | { state: 'unknown' }
  | { state: 'signedIn'; person: SignedInPerson }
  /**
   * `expired`: somebody was signed in here, and their data is still on this device. `shutOut`: no organisation has them any
   * more, and all that is left is what they wrote themselves.
   */
  | { state: 'signedOut'; needsSetup: boolean; expired: SignedInPerson | null; shutOut?: boolean }
  | { state: 'unreachable' };

const listeners = new Set<() => void>();
let session: Session = readKept();
let checking: Promise<Session> | undefined;
/** Grows with every sign-in and sign-out: an answer to a question from before it is no news. */
let turn = 0;

function readKept(): Session {
  const personId = tabPersonId();
  if (personId === null) return { state: 'unknown' };
  const person = keptPerson(personId);
  // Locked, or somebody is to be signed in beside the others: nobody to ask the server about.
  return person === null ? { state: 'signedOut', needsSetup: false, expired: null } : { state: 'signedIn', person };
}

/** @param signedInAt set by whoever has just signed in: their other tabs hear of it */
function become(next: Session, signedInAt?: number): Session {
  session = next;
  if (next.state === 'signedIn') {
    const { person } = next;
    bindTab(person.id);
    if (keptPerson(person.id)?.name !== person.name) rememberAccount(person);
    keepPerson(person, signedInAt);
  } else if (next.state === 'signedOut' && next.expired === null) {
    const personId = tabPersonId();
    if (personId) dropPerson(personId);
    freeTab();
  }
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

/** What the server is being asked, or was, is no news any more. */
export function forgetQuestions(): void {
  turn += 1;
  checking = undefined;
}

// Another tab signed somebody in or out.
window.addEventListener('storage', (event) => {
  const tabOf = tabPersonId();
  const change = personInChange(event);
  // `null`: everything was cleared.
  const isOut = event.key === null || change?.isIn === false;
  if (change && tabOf === null && change.isIn) bindTab(change.id);
  else if (event.key !== null && (!change || change.id !== tabOf)) return;
  forgetQuestions();
  if (isOut) become({ state: 'signedOut', needsSetup: false, expired: null });
  else void checkSession();
});
