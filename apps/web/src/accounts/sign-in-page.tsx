import { Button, TextField } from '@parley/ui';
import { useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { accountCalls } from './account-calls.ts';
import { AccountFrame } from './account-frame.tsx';
import { FormRefusal } from './form-refusal.tsx';
import { PasswordField } from './password-field.tsx';
import { checkSession, useSession } from './session.ts';
import { useSubmission } from './use-submission.ts';

export function SignInPage() {
  const navigate = useNavigate();
  const session = useSession();
  const expired = session.state === 'signedOut' ? session.expired : null;
  const [email, setEmail] = useState(expired?.email ?? '');
  const [password, setPassword] = useState('');
  const { busy, refusal, submit } = useSubmission();

  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    submit(async () => {
      await accountCalls.accounts.signIn.mutate({ email: email.trim(), password });
      await checkSession();
      await navigate({ to: '/' });
    });
  };

  return (
    <AccountFrame
      title={expired === null ? 'Sign in' : 'Sign in again'}
      lead={expired === null ? undefined : 'Your session ended. What you wrote is kept on this device.'}
    >
      <form onSubmit={onSubmit} className="flex flex-col gap-5">
        <TextField
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
        <p className="text-base text-ink-3">New here? Open the invitation link that a colleague sent you.</p>
      </form>
    </AccountFrame>
  );
}
