import { Button, Chip, Spinner, TextField, Time } from '@parley/ui';
import { Link, useNavigate } from '@tanstack/react-router';
import { useEffect, useState, type FormEvent } from 'react';
import { accountCalls } from './account-calls.ts';
import { AccountFrame } from './account-frame.tsx';
import { FormRefusal } from './form-refusal.tsx';
import { passwordFault } from './password.ts';
import { PasswordField } from './password-field.tsx';
import { refusalWords, type RefusalWords } from './refusal-words.ts';
import { useSession } from './session.ts';
import { signInBy, switchTo } from './session-changes.ts';
import { useSubmission } from './use-submission.ts';

type Invitation = Awaited<ReturnType<typeof accountCalls.accounts.invitation.query>>;

const roleWords = { owner: 'an owner', admin: 'an administrator', member: 'a member', guest: 'a guest' } as const;

export function InvitationPage({ token }: { token: string }) {
  const [invitation, setInvitation] = useState<Invitation>();
  const [refusal, setRefusal] = useState<RefusalWords>();
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    let current = true;
    accountCalls.accounts.invitation
      .query({ token })
      .then((answer) => current && setInvitation(answer))
      .catch((error: unknown) => current && setRefusal(refusalWords(error)));
    return () => {
      current = false;
    };
  }, [token, attempt]);

  if (invitation !== undefined) return <AcceptForm token={token} invitation={invitation} />;
  if (refusal !== undefined) {
    const again = () => {
      setRefusal(undefined);
      setAttempt(attempt + 1);
    };
    return (
      <AccountFrame title="This link does not open" lead={refusal.text}>
        <div className="flex items-center gap-4">
          {refusal.code === 'UNREACHABLE' ? <Button onClick={again}>Try again</Button> : null}
          <Link to="/sign-in" className="text-lg font-medium text-accent underline underline-offset-2">
            Sign in
          </Link>
        </div>
      </AccountFrame>
    );
  }
  return (
    <main className="grid h-dvh place-items-center">
      <Spinner label="Opening the invitation" />
    </main>
  );
}

function AcceptForm({ token, invitation }: { token: string; invitation: Invitation }) {
  const navigate = useNavigate();
  const session = useSession();
  const self =
    session.state === 'signedIn' && session.person.email.toLowerCase() === invitation.email.toLowerCase()
      ? session.person
      : null;
  const other = session.state === 'signedIn' && self === null ? session.person : null;
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [fault, setFault] = useState<string>();
  const { busy, refusal, submit } = useSubmission();

  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    const found = self === null ? passwordFault(password, invitation.email) : undefined;
    setFault(found);
    if (found !== undefined) return;
    submit(async () => {
      if (self === null) {
        const account = { token, name: name.trim(), password };
        await signInBy((key) => accountCalls.accounts.acceptInvitation.mutate(account, key));
      } else await accountCalls.accounts.acceptInvitation.mutate({ token });
      await navigate({ to: '/' });
    });
  };

  return (
    <AccountFrame
      title={`Join ${invitation.organisationName}`}
      lead={
        invitation.invitedBy === null
          ? `You are invited as ${roleWords[invitation.role]}.`
          : `${invitation.invitedBy} invites you as ${roleWords[invitation.role]}.`
      }
    >
      <form onSubmit={onSubmit} className="flex flex-col gap-5">
        <p className="flex flex-wrap items-center gap-2 text-base text-ink-2">
          <Chip>{invitation.email}</Chip>
          <span>
            The link ends <Time at={new Date(invitation.expiresAt).getTime()} as="relative" />.
          </span>
        </p>
        {other === null ? null : (
          <div className="flex flex-wrap items-center justify-between gap-3 rounded-lg border border-line px-3 py-2.5">
            <p className="min-w-0 text-base text-ink-2">This tab belongs to {other.name}, who stays signed in.</p>
            <Button onClick={() => void switchTo(null, location.pathname)}>Use another account</Button>
          </div>
        )}
        {self === null ? (
          <>
            {/* Tells password managers which account this is. */}
            <input type="email" name="email" autoComplete="username" value={invitation.email} readOnly hidden />
            <TextField
              label="Your name"
              error={refusal?.fields['name']}
              name="name"
              autoComplete="name"
              required
              maxLength={100}
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
            <PasswordField
              label="Password"
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
          </>
        ) : null}
        <FormRefusal refusal={refusal} />
        <Button type="submit" look="primary" size="large" busy={busy}>
          {self === null ? 'Create account' : `Join as ${self.name}`}
        </Button>
      </form>
    </AccountFrame>
  );
}
