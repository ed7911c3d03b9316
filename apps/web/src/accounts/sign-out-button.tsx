import { Button, Dialog, notify } from '@parley/ui';
import { useState } from 'react';
import { forgetThread } from '../shell/last-thread.ts';
import { useEngine } from '../sync/engine-provider.tsx';
import { useItems } from '../sync/views.ts';
import { refusalWords } from './refusal-words.ts';
import { signOut } from './session.ts';

/** Asks before it signs out when something has not reached the server, then leaves nothing on this device. */
export function SignOutButton() {
  const engine = useEngine();
  const unsent = useItems().filter((item) => item.state !== 'applied').length;
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);

  const leave = async () => {
    setBusy(true);
    try {
      await signOut(() => engine.wipe());
      forgetThread();
    } catch (error) {
      notify(refusalWords(error).text, { tone: 'bad' });
      setBusy(false);
    }
  };

  return (
    <>
      <Button busy={busy} onClick={() => (unsent > 0 ? setAsking(true) : void leave())}>
        Sign out
      </Button>
      <Dialog
        open={asking}
        onOpenChange={setAsking}
        width="narrow"
        title="Sign out with unsent work?"
        description={
          unsent === 1
            ? 'One change has not reached the server. Signing out deletes it.'
            : `${unsent} changes have not reached the server. Signing out deletes them.`
        }
        actions={
          <>
            <Button onClick={() => setAsking(false)}>Stay</Button>
            <Button look="danger" busy={busy} onClick={() => void leave()}>
              Delete and sign out
            </Button>
          </>
        }
      />
    </>
  );
}
