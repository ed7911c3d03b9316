import { Button, TextField } from '@parley/ui';
import { useNavigate } from '@tanstack/react-router';
import { Mail } from 'lucide-react';
import { lazy, Suspense, useEffect, useRef, useState, type FormEvent } from 'react';
import { accountCalls } from './account-calls.ts';
import { afterSignIn } from './after-sign-in.ts';
import { AccountFrame } from './account-frame.tsx';
import { FormRefusal } from './form-refusal.tsx';
import { keptPerson, knownAccounts, type SignedInPerson } from './known-accounts.ts';
import { KnownAccounts } from './known-accounts-list.tsx';
import { PasskeySignIn } from './passkey-sign-in.tsx';
import { PasswordField } from './password-field.tsx';
import { SecondStepForm } from './second-step-form.tsx';
import { useSession } from './session.ts';
import { signInBy, switchTo } from './session-changes.ts';
import { useSubmission } from './use-submission.ts';

const ShutOutNotice = lazy(async () => ({ default: (await import('./shut-out-notice.tsx')).ShutOutNotice }));

export function SignInPage() {
  const navigate = useNavigate();
  const session = useSession();
  const expired = session.state === 'signedOut' ? session.expired : null;
  const shutOut = session.state === 'signedOut' && session.shutOut === true;
  const [accounts, setAccounts] = useState(knownAccounts);
  const [email, setEmail] = useState(expired?.email ?? lockedOnTop(accounts)?.email ?? '');
  const [password, setPassword] = useState('');
  const passwordField = useRef<HTMLInputElement>(null);
  const [secondStep, setSecondStep] = useState<string | null>(null);
  const [mailed, setMailed] = useState(false);
  const emailField = useRef<HTMLInputElement>(null);
  const { busy, refusal, submit } = useSubmission();

  const isSignedIn = ({ id }: SignedInPerson) => id !== expired?.id && keptPerson(id) !== null;

  // Here, or in another tab.
  useEffect(() => {
    if (session.state === 'signedIn') void navigate({ to: afterSignIn() });
  }, [session, navigate]);

  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    submit(async () => {
      const credentials = { email: email.trim(), password };
      const answer = await signInBy((key) => accountCalls.accounts.signIn.mutate(credentials, key));
      setSecondStep(answer.secondStep);
    });
  };
  const mailLink = () => {
    if (emailField.current?.reportValidity() !== true) return;
    submit(async () => {
      await accountCalls.accounts.link.ask.mutate({ email: email.trim() });
      setMailed(true);
    });
  };

  if (secondStep !== null) return <SecondStepForm token={secondStep} onBack={() => setSecondStep(null)} />;

  return (
    <AccountFrame
      title={expired === null ? 'Sign in' : 'Sign in again'}
      lead={
        expired === null
          ? undefined
          : shutOut
            ? 'You are no longer in this organisation, and its messages are gone from this device. What you wrote and did not send is kept.'
            : 'Your session ended. What you wrote is kept on this device.'
      }
    >
      {expired !== null && shutOut ? (
        <Suspense>
          <ShutOutNotice personId={expired.id} />
        </Suspense>
      ) : null}
      <form onSubmit={onSubmit} className="flex flex-col gap-5">
        {accounts.length === 0 ? null : (
          <KnownAccounts
            accounts={accounts}
            email={email}
            isSignedIn={isSignedIn}
            onChoose={(account) => {
              if (isSignedIn(account)) return void switchTo(account);
              setEmail(account.email);
              setPassword('');
              passwordField.current?.focus();
            }}
            onRemoved={({ email: removed }) => {
              setAccounts(knownAccounts());
              setEmail((typed) => (typed === removed ? '' : typed));
            }}
          />
        )}
        <TextField
          ref={emailField}
          label="E-mail"
          error={refusal?.fields['email']}
          type="email"
          name="email"
          autoComplete="username"
          required
          value={email}
          onChange={(event) => setEmail(event.target.value)}
        />
        <PasswordField
          ref={passwordField}
          label="Password"
          name="password"
          autoComplete="current-password"
          required
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        <FormRefusal refusal={refusal} />
        <Button type="submit" look="primary" size="large" busy={busy}>
          Sign in
        </Button>
        <div className="flex flex-col gap-2 border-t border-line pt-5">
          <PasskeySignIn submit={submit} busy={busy} />
          <Button size="large" icon={<Mail size={17} aria-hidden />} busy={busy} onClick={mailLink}>
            Mail me a link instead
          </Button>
          <p role="status" className="mt-1 text-base text-ink-2 empty:hidden">
            {mailed
              ? 'If somebody signs in with this address, a link is on its way. It works once, within ten minutes.'
              : null}
          </p>
        </div>
        <p className="text-base text-pretty text-ink-3">
          New here? Open the invitation link that a colleague sent you.
        </p>
      </form>
    </AccountFrame>
  );
}

/** Whoever used the device last, unless they are signed in: then it is somebody else who wants to. */
const lockedOnTop = ([last]: readonly SignedInPerson[]): SignedInPerson | undefined =>
  last && keptPerson(last.id) ? undefined : last;
