import { Button, Dialog } from '@parley/ui';
import { useState } from 'react';
import { forgetThread } from '../shell/last-thread.ts';
import { FormRefusal } from './form-refusal.tsx';
import { signOut } from './session.ts';
import { useSubmission } from './use-submission.ts';
import { useEngine } from '../sync/engine-provider.tsx';
import { useItems } from '../sync/views.ts';

/** Asks before it signs out when something has not reached the server, then leaves nothing on this device. */
export function SignOutButton() {
  const engine = useEngine();
  const unsent = useItems().filter((item) => item.state !== 'applied').length;
  const [asking, setAsking] = useState(false);
  const { busy, refusal, submit } = useSubmission();
  const leave = () =>
    submit(async () => {
      await signOut(() => engine.wipe());
      forgetThread();
    });

  return (
    <div className="flex flex-col items-end gap-2">
      <Button busy={busy && !asking} onClick={() => (unsent > 0 ? setAsking(true) : leave())}>
        Sign out
      </Button>
      <FormRefusal refusal={asking ? null : refusal} />
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
            <Button look="danger" busy={busy} onClick={leave}>
              Delete and sign out
            </Button>
          </>
        }
      >
        <FormRefusal refusal={refusal} />
      </Dialog>
    </div>
  );
}
