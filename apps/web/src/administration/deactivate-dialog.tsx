import { Button, Dialog, notify } from '@parley/ui';
import { FormRefusal } from '../accounts/form-refusal.tsx';
import { refusalWords } from '../accounts/refusal-words.ts';
import type { OwnOrganisation } from '../shell/use-organisations.ts';
import { administration } from './administration.ts';
import type { ListedMember } from './members-page.tsx';

export interface DeactivateDialogProps {
  member: ListedMember;
  organisation: OwnOrganisation;
  onClose: () => void;
}

/** Says what deactivating means before it is done. */
export function DeactivateDialog({ member, organisation, onClose }: DeactivateDialogProps) {
  const deactivate = administration.organisations.deactivateMember.useMutation({
    onSuccess: () => {
      notify(`${member.name} is deactivated.`);
      onClose();
    },
  });
  return (
    <Dialog
      open
      onOpenChange={(open) => open || onClose()}
      title={`Deactivate ${member.name}?`}
      description={
        member.placeholder
          ? `They can no longer be added to threads of ${organisation.name}. What they wrote stays.`
          : `They are signed out, and lose ${organisation.name} and its threads on every device. What they wrote stays, and you can let them in again.`
      }
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            look="danger"
            busy={deactivate.isPending}
            onClick={() => deactivate.mutate({ orgId: organisation.id, personId: member.id })}
          >
            Deactivate
          </Button>
        </>
      }
    >
      <FormRefusal refusal={deactivate.error === null ? null : refusalWords(deactivate.error)} />
    </Dialog>
  );
}
