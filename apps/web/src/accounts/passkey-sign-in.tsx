import { browserSupportsWebAuthn, startAuthentication } from '@simplewebauthn/browser';
import { Button } from '@parley/ui';
import { KeyRound } from 'lucide-react';
import { accountCalls } from './account-calls.ts';
import { signInBy } from './session-changes.ts';
import type { Submission } from './use-submission.ts';

const { passkeys } = accountCalls.accounts;

/** Signs in with whatever passkey the person picks; not there where the browser knows none. */
export function PasskeySignIn({ submit, busy }: Pick<Submission, 'submit' | 'busy'>) {
  if (!browserSupportsWebAuthn()) return null;
  const signIn = async () => {
    const { token, options } = await passkeys.beginSignIn.mutate();
    // Over the wire every buffer in the standard's types is text; none is sent.
    const optionsJSON = options as Parameters<typeof startAuthentication>[0]['optionsJSON'];
    const response = await startAuthentication({ optionsJSON }).catch(() => null);
    // Closed: the person thought better of it.
    if (response === null) return;
    await signInBy((key) => passkeys.signIn.mutate({ token, response: { ...response } }, key));
  };
  return (
    <Button size="large" icon={<KeyRound size={17} aria-hidden />} busy={busy} onClick={() => submit(signIn)}>
      Use a passkey
    </Button>
  );
}
