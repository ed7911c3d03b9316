import { Button, Dialog, notify, Segmented } from '@parley/ui';
import { useState } from 'react';
import { FormRefusal } from '../accounts/form-refusal.tsx';
import { refusalWords } from '../accounts/refusal-words.ts';
import { administration } from '../administration/administration.ts';
import type { PartnerDialogProps } from './contacts-dialog.tsx';

/** Says what suspending means before it is done. */
export function SuspendDialog({ partner, organisation, onClose }: PartnerDialogProps) {
  const { name } = partner;
  const suspend = administration.partners.suspend.useMutation({
    onSuccess: () => {
      notify(`The partnership with ${name} is suspended.`);
      onClose();
    },
  });
  return (
    <Dialog
      open
      onOpenChange={(open) => open || onClose()}
      title={`Suspend the partnership with ${name}?`}
      description="Nobody starts threads with the other side until you resume it. Everybody keeps what they have read, and both sides see that you suspended it."
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            look="primary"
            busy={suspend.isPending}
            onClick={() => suspend.mutate({ orgId: organisation.id, partnerId: partner.id, suspended: true })}
          >
            Suspend
          </Button>
        </>
      }
    >
      <FormRefusal refusal={suspend.error === null ? null : refusalWords(suspend.error)} />
    </Dialog>
  );
}

const followings = {
  kept: 'They can go on reading the threads of yours that they were in, and write in them no more.',
  removed:
    'The threads of yours that they were in are taken from their devices. What they wrote in them stays with you.',
} as const;

/** Asks what becomes of shared threads, and says what follows before it is done. */
export function EndDialog({ partner, organisation, onClose }: PartnerDialogProps) {
  const { name } = partner;
  const [threads, setThreads] = useState<keyof typeof followings>('kept');
  const end = administration.partners.end.useMutation({
    onSuccess: () => {
      notify(`The partnership with ${name} has ended.`);
      onClose();
    },
  });
  return (
    <Dialog
      open
      onOpenChange={(open) => open || onClose()}
      title={`End the partnership with ${name}?`}
      description="It ends for both sides at once. To be partners again takes a new invitation."
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            look="danger"
            busy={end.isPending}
            onClick={() => end.mutate({ orgId: organisation.id, partnerId: partner.id, threads })}
          >
            End the partnership
          </Button>
        </>
      }
    >
      <div className="flex flex-col items-start gap-2">
        <span className="text-base font-medium">Threads of {organisation.name} that they are in</span>
        <Segmented
          label="Threads they are in"
          value={threads}
          options={[
            { value: 'kept', label: 'Stay readable' },
            { value: 'removed', label: 'Are taken away' },
          ]}
          onChange={setThreads}
        />
        <p className="text-base text-ink-2">{followings[threads]}</p>
        <FormRefusal refusal={end.error === null ? null : refusalWords(end.error)} />
      </div>
    </Dialog>
  );
}
