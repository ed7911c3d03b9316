/** Signing in and out in this browser, as every tab of the person hears of it. */
import { saveNow } from '../shell/reload.ts';
import { accountCalls } from './account-calls.ts';
import {
  bindTab,
  dropPerson,
  formerPerson,
  rememberAccount,
  tabPersonId,
  type SignedInPerson,
} from './known-accounts.ts';
import { changeSession, forgetQuestions } from './session.ts';
import { forgetKey, keepKey, newKey } from './session-key.ts';

/** Milliseconds that signing out waits for the server. */
const TELL_MS = 4_000;

/** Signs in by `call`, which gets the key to sign in with, and tells the person's other tabs. */
export async function signInBy<R extends { person: SignedInPerson | null }>(
  call: (options: { context: { newKey: string } }) => Promise<R>,
): Promise<R> {
  const key = newKey();
  const answer = await call({ context: { newKey: key } });
  if (answer.person !== null) {
    await keepKey(answer.person.id, key);
    rememberAccount(answer.person);
    changeSession({ state: 'signedIn', person: answer.person }, Date.now());
  }
  return answer;
}

/**
 * Gives the tab to somebody else who is signed in here, or (`null`) to whoever signs in next. The page starts anew, so
 * that nothing of the one before is left in it.
 */
export async function switchTo(
  person: SignedInPerson | null,
  path = person === null ? '/sign-in' : '/',
): Promise<void> {
  await saveNow();
  if (person !== null) rememberAccount(person);
  bindTab(person?.id ?? '');
  location.assign(path);
}

/**
 * Ends a person's session in this browser, with or without a network; those of others go on. What is on this device
 * stays, locked, until `wipe` has taken it away.
 */
export async function endSession(personId: string, wipe: () => Promise<void> = async () => {}): Promise<void> {
  const isOwn = personId === tabPersonId();
  const isFormer = formerPerson(personId) !== null;
  if (isOwn) forgetQuestions();
  dropPerson(personId);
  try {
    await forgetKey(personId, isFormer);
    await wipe();
    const signal = AbortSignal.timeout(TELL_MS);
    // The server is told as well; where it cannot be, the cookie is worth nothing without the key.
    await accountCalls.accounts.signOut.mutate(undefined, { signal, context: { person: personId } }).catch(() => {});
  } finally {
    if (isOwn) changeSession({ state: 'signedOut', needsSetup: false, expired: null });
  }
}
