import { Button, Chip, Spinner } from '@parley/ui';
import { Link } from '@tanstack/react-router';
import { useCallback, useState, type FormEvent } from 'react';
import { accountCalls } from './account-calls.ts';
import { AccountFrame } from './account-frame.tsx';
import { FormRefusal } from './form-refusal.tsx';
import { passwordFault } from './password.ts';
import { PasswordField } from './password-field.tsx';
import { useAnswer } from './use-answer.ts';
import { useSubmission } from './use-submission.ts';

/** Opened by a link that works once; its token stands behind the `#`, where no server and no log sees it. */
export function ResetPasswordPage() {
  const [token] = useState(() => new URLSearchParams(location.hash.slice(1)).get('token') ?? '');
  const link = useAnswer(useCallback(() => accountCalls.accounts.password.resetLink.query({ token }), [token]));
  const [done, setDone] = useState(false);

  if (done) {
    return (
      <AccountFrame title="Your password is changed" lead="Every device is signed out. Sign in with the new password.">
        <SignInLink />
      </AccountFrame>
    );
  }
  if (link.data !== null) return <NewPassword token={token} {...link.data} onDone={() => setDone(true)} />;
  if (link.refusal === null) {
    return (
      <main className="grid h-dvh place-items-center">
        <Spinner label="Opening the link" />
      </main>
    );
  }
  return (
    <AccountFrame title="This link does not open" lead={link.refusal.text}>
      <div className="flex items-center gap-4">
        {link.refusal.code === 'UNREACHABLE' ? <Button onClick={link.again}>Try again</Button> : null}
        <SignInLink />
      </div>
    </AccountFrame>
  );
}

interface NewPasswordProps {
  token: string;
  name: string;
  email: string;
  onDone: () => void;
}

function NewPassword({ token, name, email, onDone }: NewPasswordProps) {
  const [password, setPassword] = useState('');
  const [fault, setFault] = useState<string>();
  const { busy, refusal, submit } = useSubmission();
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    const found = passwordFault(password, email);
    setFault(found);
    if (found !== undefined) return;
    submit(async () => {
      await accountCalls.accounts.password.reset.mutate({ token, password });
      onDone();
    });
  };
  return (
    <AccountFrame
      title="Choose a new password"
      lead={`For ${name}. Every device that is signed in will be signed out.`}
    >
      <form onSubmit={onSubmit} className="flex flex-col gap-5">
        <p>
          <Chip>{email}</Chip>
        </p>
        <input type="email" name="email" autoComplete="username" value={email} readOnly hidden />
        <PasswordField
          label="New password"
          name="new-password"
          autoComplete="new-password"
          required
          hint="At least 10 characters. A few words are better than symbols."
          error={fault ?? refusal?.fields['password']}
          value={password}
          onChange={(event) => {
            setPassword(event.target.value);
            setFault(undefined);
          }}
        />
        <FormRefusal refusal={refusal} />
        <Button type="submit" look="primary" size="large" busy={busy}>
          Set password
        </Button>
      </form>
    </AccountFrame>
  );
}

function SignInLink() {
  return (
    <Link to="/sign-in" className="text-lg font-medium text-accent underline underline-offset-2">
      Sign in
    </Link>
  );
}
