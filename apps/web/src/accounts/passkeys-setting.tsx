import { startRegistration } from '@simplewebauthn/browser';
import { Button, Dialog, IconButton, notify, TextField, Time } from '@parley/ui';
import { KeyRound, Trash2 } from 'lucide-react';
import { useRef, useState, type FormEvent } from 'react';
import { Setting } from '../shell/setting.tsx';
import { accountCalls } from './account-calls.ts';
import { AnswerStates } from './answer-states.tsx';
import { ConfirmPassword } from './confirm-password.tsx';
import { FormRefusal } from './form-refusal.tsx';
import { useAnswer } from './use-answer.ts';
import { useSubmission } from './use-submission.ts';

type Passkey = Awaited<ReturnType<typeof accountCalls.accounts.passkeys.list.query>>[number];
type Begun = Awaited<ReturnType<typeof accountCalls.accounts.passkeys.begin.mutate>>;

const { passkeys } = accountCalls.accounts;
const ask = () => passkeys.list.query();

/** Keys on this person's devices that sign in without a password. */
export function PasskeysSetting() {
  const list = useAnswer(ask);
  const [adding, setAdding] = useState(false);
  const [begun, setBegun] = useState<Begun | null>(null);
  const [changing, setChanging] = useState<{ passkey: Passkey; how: 'rename' | 'remove' } | null>(null);
  const close = () => {
    setAdding(false);
    setBegun(null);
    setChanging(null);
    list.again();
  };
  return (
    <>
      <Setting title="Passkeys" note="Sign in by fingerprint, face or the PIN of a device, without a password.">
        <Button onClick={() => setAdding(true)}>Add a passkey</Button>
      </Setting>
      {list.data === null ? <AnswerStates answer={list} label="Asking for your passkeys" /> : null}
      {list.data === null || list.data.length === 0 ? null : (
        <ul aria-label="Passkeys" className="divide-y divide-line">
          {list.data.map((passkey) => (
            <li key={passkey.id} className="flex items-center gap-3.5 px-4 py-3">
              <KeyRound size={18} strokeWidth={1.8} aria-hidden className="shrink-0 text-ink-3" />
              <div className="min-w-0 flex-1">
                <p className="truncate text-base font-semibold">{passkey.name}</p>
                <p className="text-base text-ink-3">
                  Added <Time at={passkey.addedAt} as="relative" />
                  {passkey.usedAt === null ? (
                    ', not used yet'
                  ) : (
                    <>
                      , used <Time at={passkey.usedAt} as="relative" />
                    </>
                  )}
                </p>
              </div>
              <Button
                look="plain"
                aria-label={`Rename ${passkey.name}`}
                onClick={() => setChanging({ passkey, how: 'rename' })}
              >
                Rename
              </Button>
              <IconButton label={`Remove ${passkey.name}`} onClick={() => setChanging({ passkey, how: 'remove' })}>
                <Trash2 size={17} />
              </IconButton>
            </li>
          ))}
        </ul>
      )}
      {adding && begun === null ? (
        <ConfirmPassword
          title="Add a passkey"
          description="Your browser then asks you to unlock this device."
          action="Continue"
          onClose={close}
          onConfirm={async (current) => setBegun(await passkeys.begin.mutate({ current }))}
        />
      ) : null}
      {begun === null ? null : <NamePasskey begun={begun} onClose={close} />}
      {changing?.how === 'rename' ? <RenamePasskey passkey={changing.passkey} onClose={close} /> : null}
      {changing?.how === 'remove' ? <RemovePasskey passkey={changing.passkey} onClose={close} /> : null}
    </>
  );
}

function NamePasskey({ begun, onClose }: { begun: Begun; onClose: () => void }) {
  return (
    <NameDialog
      title="Name this passkey"
      initial="This device"
      action="Add"
      onClose={onClose}
      onName={async (name) => {
        // Over the wire every buffer in the standard's types is text; none is sent.
        const optionsJSON = begun.options as Parameters<typeof startRegistration>[0]['optionsJSON'];
        const response = await startRegistration({ optionsJSON }).catch(() => null);
        // Closed, or refused by the device: nothing was made, and the browser has said so.
        if (response === null) notify('No passkey was made.', { tone: 'bad' });
        else await passkeys.add.mutate({ token: begun.token, name, response: { ...response } });
        onClose();
      }}
    />
  );
}

function RenamePasskey({ passkey, onClose }: { passkey: Passkey; onClose: () => void }) {
  return (
    <NameDialog
      title="Rename the passkey"
      initial={passkey.name}
      action="Rename"
      onClose={onClose}
      onName={async (name) => {
        await passkeys.rename.mutate({ id: passkey.id, name });
        onClose();
      }}
    />
  );
}

interface NameDialogProps {
  title: string;
  initial: string;
  action: string;
  onClose: () => void;
  onName: (name: string) => Promise<void>;
}

function NameDialog({ title, initial, action, onClose, onName }: NameDialogProps) {
  const [name, setName] = useState(initial);
  const first = useRef<HTMLInputElement>(null);
  const { busy, refusal, submit } = useSubmission();
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    submit(() => onName(name.trim()));
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => open || onClose()}
      width="narrow"
      title={title}
      initialFocus={first}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form="name-passkey" look="primary" busy={busy}>
            {action}
          </Button>
        </>
      }
    >
      <form id="name-passkey" onSubmit={onSubmit} className="flex flex-col gap-4">
        <TextField
          ref={first}
          label="Name"
          hint="So that you know it again, such as “Work laptop”."
          required
          maxLength={60}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <FormRefusal refusal={refusal} />
      </form>
    </Dialog>
  );
}

function RemovePasskey({ passkey, onClose }: { passkey: Passkey; onClose: () => void }) {
  return (
    <ConfirmPassword
      title={`Remove ${passkey.name}?`}
      description="It no longer signs you in. You may delete it in your device’s settings too."
      action="Remove"
      danger
      onClose={onClose}
      onConfirm={async (current) => {
        await passkeys.remove.mutate({ id: passkey.id, current });
        onClose();
      }}
    />
  );
}
