import { Button, TextField } from '@parley/ui';
import { useLocation, useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { accountCalls } from './account-calls.ts';
import { AccountFrame } from './account-frame.tsx';
import { FormRefusal } from './form-refusal.tsx';
import { passwordFault } from './password.ts';
import { PasswordField } from './password-field.tsx';
import { signInBy } from './session-changes.ts';
import { useSubmission } from './use-submission.ts';

/**
 * The token travels in the fragment, which browsers send to no server and put in no log. Somebody who came without it
 * pastes the link into this very tab, which loads nothing anew: the fragment is followed.
 */
export function SetUpPage() {
  const fragment = useLocation({ select: ({ hash }) => hash });
  const token = new URLSearchParams(fragment).get('token') ?? '';
  return token === '' ? <WhereIsTheLink /> : <SetUpForm key={token} token={token} />;
}

function WhereIsTheLink() {
  return (
    <AccountFrame title="Open the set-up link" lead="This installation has no account yet.">
      <p className="text-lg text-ink-2">
        The first account is made with a link that works once. The server printed it when it started, in the terminal or
        log where{' '}
        <code className="rounded-xs bg-sunk px-1.5 py-0.5 font-mono text-base whitespace-nowrap text-ink">
          npm start
        </code>{' '}
        runs:
      </p>
      <pre className="mt-4 rounded-lg bg-sunk px-4 py-3 font-mono text-base whitespace-pre-wrap text-ink">
        {`${location.origin}/setup#token=…`}
      </pre>
      <p className="mt-4 text-lg text-ink-2">Lost it? Restart the server, and it prints a new one.</p>
    </AccountFrame>
  );
}

function SetUpForm({ token }: { token: string }) {
  const navigate = useNavigate();
  const [organisationName, setOrganisationName] = useState('');
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [fault, setFault] = useState<string>();
  const { busy, refusal, submit } = useSubmission();

  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    const found = passwordFault(password, email);
    setFault(found);
    if (found !== undefined) return;
    submit(async () => {
      const account = { organisationName: organisationName.trim(), name: name.trim(), email: email.trim(), password };
      await signInBy((key) => accountCalls.accounts.setUp.mutate({ token, ...account }, key));
      await navigate({ to: '/' });
    });
  };

  return (
    <AccountFrame
      title="Set up Parley"
      lead="You will own the first organisation. Nothing leaves this server, and no mail is needed."
    >
      <form onSubmit={onSubmit} className="flex flex-col gap-5">
        <TextField
          label="Organisation"
          error={refusal?.fields['organisationName']}
          name="organization"
          autoComplete="organization"
          required
          maxLength={100}
          value={organisationName}
          onChange={(event) => setOrganisationName(event.target.value)}
        />
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
          Create organisation
        </Button>
      </form>
    </AccountFrame>
  );
}
