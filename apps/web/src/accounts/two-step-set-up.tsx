import { Button, Dialog, TextField } from '@parley/ui';
import { useRef, useState, type FormEvent } from 'react';
import { accountCalls } from './account-calls.ts';
import { FormRefusal } from './form-refusal.tsx';
import { QrCode } from './qr-code.tsx';
import { useSubmission } from './use-submission.ts';

export interface TwoStepSetUpProps {
  /** Base32, for apps that cannot scan. */
  secret: string;
  uri: string;
  onClose: () => void;
  onCodes: (codes: readonly string[]) => void;
}

/** Shows what the app scans, and turns two-step sign-in on once it has shown a code. */
export function TwoStepSetUp({ secret, uri, onClose, onCodes }: TwoStepSetUpProps) {
  const [code, setCode] = useState('');
  const first = useRef<HTMLInputElement>(null);
  const { busy, refusal, submit } = useSubmission();
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    submit(async () => onCodes((await accountCalls.accounts.twoStep.confirm.mutate({ code })).codes));
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => open || onClose()}
      title="Scan this with your app"
      description="Then type the code that the app shows."
      initialFocus={first}
      width="narrow"
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form="two-step" look="primary" busy={busy}>
            Turn on
          </Button>
        </>
      }
    >
      <form id="two-step" onSubmit={onSubmit} className="flex flex-col gap-4">
        <div className="flex flex-col items-center gap-3">
          <QrCode text={uri} label="QR code for your authenticator app" />
          <p className="text-center text-sm text-ink-3">
            Or type this into the app:
            <code className="mt-1 block text-base tracking-wide text-balance text-ink select-all">
              {secret.match(/.{4}/g)?.join(' ')}
            </code>
          </p>
        </div>
        <TextField
          ref={first}
          label="Code"
          inputMode="numeric"
          autoComplete="one-time-code"
          required
          error={refusal?.fields['code']}
          value={code}
          onChange={(event) => setCode(event.target.value)}
        />
        <FormRefusal refusal={refusal} />
      </form>
    </Dialog>
  );
}
