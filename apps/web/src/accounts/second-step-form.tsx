import { Button, TextField } from '@parley/ui';
import { useState, type FormEvent } from 'react';
import { accountCalls } from './account-calls.ts';
import { AccountFrame } from './account-frame.tsx';
import { FormRefusal } from './form-refusal.tsx';
import { signInBy } from './session-changes.ts';
import { useSubmission } from './use-submission.ts';

/** The second step of signing in. @param token what the first step gave */
export function SecondStepForm({ token, onBack }: { token: string; onBack: () => void }) {
  const [code, setCode] = useState('');
  const { busy, refusal, submit } = useSubmission();
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    submit(async () => {
      await signInBy((key) => accountCalls.accounts.twoStep.signIn.mutate({ token, code }, key));
    });
  };
  return (
    <AccountFrame title="One more step" lead="Type the code that your authenticator app shows, or a recovery code.">
      <form onSubmit={onSubmit} className="flex flex-col gap-5">
        <TextField
          label="Code"
          name="code"
          autoComplete="one-time-code"
          autoCapitalize="none"
          spellCheck={false}
          autoFocus
          required
          error={refusal?.fields['code']}
          value={code}
          onChange={(event) => setCode(event.target.value)}
        />
        <FormRefusal refusal={refusal} />
        <Button type="submit" look="primary" size="large" busy={busy}>
          Sign in
        </Button>
        <Button look="plain" onClick={onBack}>
          Back
        </Button>
      </form>
    </AccountFrame>
  );
}
