/** Signing in and out in this browser, as every tab hears of it. */
import { accountCalls } from './account-calls.ts';
import { rememberAccount } from './known-accounts.ts';
import { changeSession, currentSession, forgetPerson, forgetQuestions, type SignedInPerson } from './session.ts';
import { forgetKey, keepKey, newKey } from './session-key.ts';

/** Milliseconds that signing out waits for the server. */
const TELL_MS = 4_000;

/** Signs in by `call`, which gets the key to sign in with, and tells every tab. */
export async function signInBy<R extends { person: SignedInPerson | null }>(
  call: (options: { context: { newKey: string } }) => Promise<R>,
): Promise<R> {
  const key = newKey();
  const answer = await call({ context: { newKey: key } });
  if (answer.person !== null) {
    await keepKey(key);
    rememberAccount(answer.person);
    changeSession({ state: 'signedIn', person: answer.person }, Date.now());
  }
  return answer;
}

/** Nothing of a person whose session had ended is on this device any more. */
export function forgetExpired(personId: string): void {
  const session = currentSession();
  if (session.state !== 'signedOut' || session.expired?.id !== personId) return;
  changeSession({ ...session, expired: null });
}

/**
 * Ends the session in every tab, with or without a network. What is on this device stays, locked, until `wipe` has
 * taken it away.
 */
export async function endSession(wipe: () => Promise<void> = async () => {}): Promise<void> {
  forgetQuestions();
  forgetPerson();
  try {
    await forgetKey();
    await wipe();
    // The server is told as well; where it cannot be, the cookie is worth nothing without the key.
    await accountCalls.accounts.signOut.mutate(undefined, { signal: AbortSignal.timeout(TELL_MS) }).catch(() => {});
  } finally {
    changeSession({ state: 'signedOut', needsSetup: false, expired: null });
  }
}
