import { Button, Dialog, notify } from '@parley/ui';
import { useRef, useState, type FormEvent } from 'react';
import { Setting } from '../shell/setting.tsx';
import { accountCalls } from './account-calls.ts';
import { FormRefusal } from './form-refusal.tsx';
import { passwordFault } from './password.ts';
import { PasswordField } from './password-field.tsx';
import { useSession } from './session.ts';
import { useSubmission } from './use-submission.ts';

export function PasswordSetting() {
  const [changing, setChanging] = useState(false);
  return (
    <Setting title="Password" note="Changing it signs out your other devices.">
      <Button onClick={() => setChanging(true)}>Change password</Button>
      {changing ? <ChangePassword onClose={() => setChanging(false)} /> : null}
    </Setting>
  );
}

function ChangePassword({ onClose }: { onClose: () => void }) {
  const session = useSession();
  const email = session.state === 'signedIn' ? session.person.email : '';
  const [current, setCurrent] = useState('');
  const [password, setPassword] = useState('');
  const [fault, setFault] = useState<string>();
  const first = useRef<HTMLInputElement>(null);
  const { busy, refusal, submit } = useSubmission();

  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    const found = passwordFault(password, email);
    setFault(found);
    if (found !== undefined) return;
    submit(async () => {
      const { ended } = await accountCalls.accounts.password.change.mutate({ current, password });
      notify(
        ended === 0 ? 'Your password is changed.' : 'Your password is changed, and your other devices are signed out.',
      );
      onClose();
    });
  };

  return (
    <Dialog
      open
      onOpenChange={(open) => open || onClose()}
      title="Change password"
      initialFocus={first}
      width="narrow"
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form="change-password" look="primary" busy={busy}>
            Change password
          </Button>
        </>
      }
    >
      <form id="change-password" onSubmit={onSubmit} className="flex flex-col gap-4">
        <input type="email" autoComplete="username" value={email} readOnly hidden />
        <PasswordField
          ref={first}
          label="Password now"
          autoComplete="current-password"
          required
          error={refusal?.fields['current']}
          value={current}
          onChange={(event) => setCurrent(event.target.value)}
        />
        <PasswordField
          label="New password"
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
      </form>
    </Dialog>
  );
}
