import { Button, Dialog, notify, Spinner, TextField, Time } from '@parley/ui';
import { Lock } from 'lucide-react';
import { useRef, useState, type FormEvent } from 'react';
import { FormRefusal } from '../accounts/form-refusal.tsx';
import { refusalWords } from '../accounts/refusal-words.ts';
import type { OwnOrganisation } from '../shell/use-organisations.ts';
import { administration } from './administration.ts';
import { useOnline } from './connection.tsx';

export const useHold = (orgId: string) => administration.organisations.hold.useQuery({ orgId }, { staleTime: 0 });

/** Whether the organisation is on hold, and the way to change that. */
export function LegalHold({ organisation }: { organisation: OwnOrganisation }) {
  const hold = useHold(organisation.id);
  const online = useOnline();
  const [asking, setAsking] = useState<'place' | 'lift' | null>(null);
  const close = () => setAsking(null);
  if (hold.data === undefined) {
    if (!hold.isError) return <Spinner label="Looking for a hold" />;
    return (
      <div className="flex flex-wrap items-center gap-3">
        <p className="text-base text-ink-2">{refusalWords(hold.error).text}</p>
        <Button disabled={!online} onClick={() => void hold.refetch()}>
          Try again
        </Button>
      </div>
    );
  }
  return (
    <>
      <Button disabled={!online} onClick={() => setAsking(hold.data === null ? 'place' : 'lift')}>
        {hold.data === null ? 'Put on hold…' : 'Lift the hold…'}
      </Button>
      {hold.data === null ? null : (
        <div className="flex w-full items-start gap-3 rounded-xl bg-sunk px-4 py-3">
          <Lock size={18} aria-hidden className="mt-0.5 shrink-0" />
          <div className="min-w-0">
            <p className="text-base font-semibold wrap-anywhere">On hold: {hold.data.reason}</p>
            <p className="text-sm text-ink-2">
              Since <Time at={hold.data.placedAt} />, by {hold.data.placedBy}
            </p>
          </div>
        </div>
      )}
      {asking === 'place' ? <PlaceDialog organisation={organisation} onClose={close} /> : null}
      {asking === 'lift' ? <LiftDialog organisation={organisation} onClose={close} /> : null}
    </>
  );
}

interface HoldDialogProps {
  organisation: OwnOrganisation;
  onClose: () => void;
}

function PlaceDialog({ organisation: { id: orgId, name }, onClose }: HoldDialogProps) {
  const { hold } = administration.useUtils().organisations;
  const [reason, setReason] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const place = administration.organisations.placeHold.useMutation({
    onSuccess: () => {
      notify(`${name} is on hold.`);
      onClose();
    },
    onSettled: () => hold.invalidate({ orgId }),
  });
  const isComplete = reason.trim() !== '';
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (isComplete && !place.isPending) place.mutate({ orgId, reason });
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => open || onClose()}
      initialFocus={field}
      title={`Put ${name} on hold?`}
      description="Nothing that your members wrote is deleted for its age any more, and what they delete themselves is kept out of everybody’s sight until you lift the hold. Members are not told."
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" form="place-hold" busy={place.isPending} disabled={!isComplete}>
            Put on hold
          </Button>
        </>
      }
    >
      <form id="place-hold" onSubmit={onSubmit} className="flex flex-col gap-4">
        <TextField
          ref={field}
          label="Reason"
          hint="Other owners and admins read it here and in the audit log."
          required
          maxLength={200}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
        <FormRefusal refusal={place.error === null ? null : refusalWords(place.error)} />
      </form>
    </Dialog>
  );
}

function LiftDialog({ organisation: { id: orgId, name }, onClose }: HoldDialogProps) {
  const { hold } = administration.useUtils().organisations;
  const lift = administration.organisations.liftHold.useMutation({
    onSuccess: () => {
      notify(`${name} is no longer on hold.`);
      onClose();
    },
    onSettled: () => hold.invalidate({ orgId }),
  });
  return (
    <Dialog
      open
      onOpenChange={(open) => open || onClose()}
      width="narrow"
      title={`Lift the hold on ${name}?`}
      description="What your members deleted meanwhile goes for good, at once. What has become too old to keep goes within the hour. It cannot be brought back."
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="danger" busy={lift.isPending} onClick={() => lift.mutate({ orgId })}>
            Lift the hold
          </Button>
        </>
      }
    >
      <FormRefusal refusal={lift.error === null ? null : refusalWords(lift.error)} />
    </Dialog>
  );
}
