import { Button, Dialog, notify } from '@parley/ui';
import { useEffect, useState } from 'react';
import { accountCalls } from '../accounts/account-calls.ts';
import { refusalWords } from '../accounts/refusal-words.ts';
import { useRealtimeMessaging } from '../sync/use-realtime-messaging.ts';

/** Adds the demo workspace, or takes it away where it is there; only with a connection. */
export function DemoButton() {
  const { isConnected: online } = useRealtimeMessaging();
  const [there, setThere] = useState<boolean | null>(null);
  const [busy, setBusy] = useState(false);
  const [asking, setAsking] = useState(false);

  useEffect(() => {
    if (!online) return;
    let stale = false;
    accountCalls.demo.isThere.query().then(
      (answer) => {
        if (!stale) setThere(answer);
      },
      () => undefined,
    );
    return () => {
      stale = true;
    };
  }, [online]);

  const change = async (add: boolean) => {
    setBusy(true);
    try {
      await (add ? accountCalls.demo.add.mutate() : accountCalls.demo.remove.mutate());
      setThere(add);
      setAsking(false);
      notify(add ? 'The demo is among your threads' : 'The demo is gone');
    } catch (error) {
      notify(refusalWords(error).text, { tone: 'bad' });
    } finally {
      setBusy(false);
    }
  };

  if (there === true) {
    return (
      <>
        <Button disabled={!online} onClick={() => setAsking(true)}>
          Remove the demo
        </Button>
        <Dialog
          open={asking}
          onOpenChange={setAsking}
          width="narrow"
          title="Remove the demo?"
          description="Its two organisations go, with everything that was written in them."
          actions={
            <>
              <Button onClick={() => setAsking(false)}>Keep it</Button>
              <Button look="danger" busy={busy} onClick={() => void change(false)}>
                Remove
              </Button>
            </>
          }
        />
      </>
    );
  }
  return (
    <Button
      busy={busy}
      disabled={!online}
      title={online ? undefined : 'This needs a connection'}
      onClick={() => void change(true)}
    >
      Add a demo workspace
    </Button>
  );
}
