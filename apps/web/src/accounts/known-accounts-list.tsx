import { Avatar, Button, classNames, Dialog, IconButton, notify } from '@parley/ui';
import { X } from 'lucide-react';
import { useState } from 'react';
import { wipePerson } from './leave-device.ts';
import type { SignedInPerson } from './known-accounts.ts';
import { endSession } from './session-changes.ts';

export interface KnownAccountsProps {
  accounts: readonly SignedInPerson[];
  email: string;
  /** Chosen, they need no password. */
  isSignedIn: (account: SignedInPerson) => boolean;
  onChoose: (account: SignedInPerson) => void;
  /** Nothing of the person is on this device any more. */
  onRemoved: (account: SignedInPerson) => void;
}

/** People whose messages are on this device, each kept apart from the others. */
export function KnownAccounts({ accounts, email, isSignedIn, onChoose, onRemoved }: KnownAccountsProps) {
  const [leaving, setLeaving] = useState<SignedInPerson | null>(null);
  return (
    <div role="group" aria-label="Accounts on this device" className="flex flex-col gap-1.5">
      {accounts.map((account) => {
        const chosen = account.email === email.trim().toLowerCase();
        return (
          <div
            key={account.id}
            className={classNames(
              'flex items-center gap-1 rounded-lg border pr-2 transition-colors',
              chosen ? 'border-accent bg-accent-soft' : 'border-line hover:bg-sunk',
            )}
          >
            <button
              type="button"
              aria-pressed={chosen}
              onClick={() => onChoose(account)}
              className="flex min-h-14 min-w-0 flex-1 items-center gap-3 rounded-lg px-3 py-2 text-left"
            >
              <Avatar id={account.id} name={account.name} size={34} />
              <span className="min-w-0">
                <span className="block truncate text-base font-semibold">{account.name}</span>
                <span className="block truncate text-sm text-ink-2">
                  {account.email}
                  {isSignedIn(account) ? ', signed in' : null}
                </span>
              </span>
            </button>
            <IconButton label={`Remove ${account.name} from this device`} onClick={() => setLeaving(account)}>
              <X size={17} />
            </IconButton>
          </div>
        );
      })}
      {leaving === null ? null : (
        <RemoveDialog account={leaving} onClose={() => setLeaving(null)} onRemoved={onRemoved} />
      )}
    </div>
  );
}

interface RemoveDialogProps {
  account: SignedInPerson;
  onClose: () => void;
  onRemoved: (account: SignedInPerson) => void;
}

function RemoveDialog({ account, onClose, onRemoved }: RemoveDialogProps) {
  const [busy, setBusy] = useState(false);
  const remove = async () => {
    setBusy(true);
    try {
      await endSession(account.id, () => wipePerson(account.id));
      onRemoved(account);
    } catch {
      notify('Not everything could be removed. Clear this site’s data in the browser.', { tone: 'bad' });
    }
    onClose();
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => open || onClose()}
      width="narrow"
      title={`Remove ${account.name} from this device?`}
      description="Their messages are deleted here; the server keeps them. What they wrote and did not send is lost: sign in first to send it."
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="danger" busy={busy} onClick={() => void remove()}>
            Delete and remove
          </Button>
        </>
      }
    />
  );
}
