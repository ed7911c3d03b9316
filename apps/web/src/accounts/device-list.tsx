import { Button, Chip, Dialog, notify, Time } from '@parley/ui';
import { MonitorSmartphone } from 'lucide-react';
import { useState } from 'react';
import { useRealtimeMessaging } from '../sync/use-realtime-messaging.ts';
import { accountCalls } from './account-calls.ts';
import { AnswerStates } from './answer-states.tsx';
import { refusalWords } from './refusal-words.ts';
import { useAnswer } from './use-answer.ts';

type Device = Awaited<ReturnType<typeof accountCalls.accounts.devices.list.query>>[number];

const ask = () => accountCalls.accounts.devices.list.query();

/** Where this person is signed in, and the ways to end that. */
export function DeviceList() {
  const devices = useAnswer(ask);
  const [leaving, setLeaving] = useState<Device | 'others' | null>(null);
  if (devices.data === null) return <AnswerStates answer={devices} label="Asking for your devices" />;
  const others = devices.data.filter(({ isThis }) => !isThis);
  return (
    <>
      <ul aria-label="Devices" className="divide-y divide-line">
        {devices.data.map((device) => (
          <DeviceRow key={device.id} device={device} onSignOut={() => setLeaving(device)} />
        ))}
      </ul>
      {others.length === 0 ? null : (
        <div className="flex px-4 py-3">
          <Button onClick={() => setLeaving('others')}>Sign out all other devices</Button>
        </div>
      )}
      {leaving === null ? null : (
        <EndDialog
          ending={leaving}
          others={others.length}
          onClose={() => {
            setLeaving(null);
            devices.again();
          }}
        />
      )}
    </>
  );
}

function DeviceRow({ device, onSignOut }: { device: Device; onSignOut: () => void }) {
  const { name, place, usedAt, isThis } = device;
  return (
    <li className="flex items-center gap-3.5 px-4 py-3">
      <MonitorSmartphone size={19} strokeWidth={1.8} aria-hidden className="shrink-0 text-ink-3" />
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-2 text-base font-semibold">
          {name}
          {isThis ? <Chip tone="accent">This device</Chip> : null}
        </p>
        <p className="text-base text-ink-3">
          {place} ·{' '}
          {isThis ? (
            'in use now'
          ) : (
            <>
              used <Time at={usedAt} as="relative" />
            </>
          )}
        </p>
      </div>
      {isThis ? null : (
        <Button aria-label={`Sign out ${name}`} onClick={onSignOut}>
          Sign out
        </Button>
      )}
    </li>
  );
}

interface EndDialogProps {
  ending: Device | 'others';
  others: number;
  onClose: () => void;
}

function EndDialog({ ending, others, onClose }: EndDialogProps) {
  const { isConnected: online } = useRealtimeMessaging();
  const [busy, setBusy] = useState(false);
  const end = async () => {
    setBusy(true);
    try {
      if (ending === 'others') await accountCalls.accounts.devices.signOutOthers.mutate();
      else await accountCalls.accounts.devices.signOut.mutate({ deviceId: ending.id });
    } catch (error) {
      notify(refusalWords(error).text, { tone: 'bad' });
    }
    onClose();
  };
  const one = ending === 'others' ? null : ending;
  return (
    <Dialog
      open
      onOpenChange={(open) => open || onClose()}
      width="narrow"
      title={
        one === null
          ? `Sign out ${others === 1 ? 'the other device' : `${others} other devices`}?`
          : `Sign out ${one.name}?`
      }
      description="It is disconnected at once. What was written there and not sent stays there, until somebody signs in again."
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="danger" busy={busy} disabled={!online} onClick={() => void end()}>
            {one === null ? 'Sign them out' : 'Sign out'}
          </Button>
        </>
      }
    />
  );
}
