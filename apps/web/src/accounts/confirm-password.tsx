import { useRef, useState, type FormEvent, type ReactNode } from 'react';
import { Button, Dialog } from '@parley/ui';
import { FormRefusal } from './form-refusal.tsx';
import { PasswordField } from './password-field.tsx';
import { useSession } from './session.ts';
import { useSubmission } from './use-submission.ts';

export interface ConfirmPasswordProps {
  title: string;
  description: ReactNode;
  /** What the button says. */
  action: string;
  danger?: boolean;
  onClose: () => void;
  /** Runs with what was typed; what the server refuses is said in the dialog. */
  onConfirm: (password: string) => Promise<void>;
}

/** Asks whoever sits there for their password, before something that a stranger at an open desk must not do. */
export function ConfirmPassword({ title, description, action, danger, onClose, onConfirm }: ConfirmPasswordProps) {
  const session = useSession();
  const [password, setPassword] = useState('');
  const first = useRef<HTMLInputElement>(null);
  const { busy, refusal, submit } = useSubmission();
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    submit(() => onConfirm(password));
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => open || onClose()}
      width="narrow"
      title={title}
      description={description}
      initialFocus={first}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form="confirm-password" look={danger ? 'danger' : 'primary'} busy={busy}>
            {action}
          </Button>
        </>
      }
    >
      <form id="confirm-password" onSubmit={onSubmit} className="flex flex-col gap-4">
        {session.state === 'signedIn' ? (
          <input type="email" autoComplete="username" value={session.person.email} readOnly hidden />
        ) : null}
        <PasswordField
          ref={first}
          label="Your password"
          autoComplete="current-password"
          required
          error={refusal?.fields['current']}
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        <FormRefusal refusal={refusal} />
      </form>
    </Dialog>
  );
}
