import { mayGrant } from '@parley/core/organisations';
import { Button, Dialog, notify } from '@parley/ui';
import { useMemo, useRef, useState } from 'react';
import { FormRefusal } from '../accounts/form-refusal.tsx';
import { refusalWords } from '../accounts/refusal-words.ts';
import type { OwnOrganisation } from '../shell/use-organisations.ts';
import { PeoplePicker } from '../threads/people-picker.tsx';
import { administration } from './administration.ts';
import type { ListedMember } from './members-page.tsx';

export interface MergeDialogProps {
  /** Who goes. */
  member: ListedMember;
  people: readonly ListedMember[];
  organisation: OwnOrganisation;
  onClose: () => void;
}

/** Asks who stays, and says what becomes of the other before it is done. */
export function MergeDialog({ member, people, organisation, onClose }: MergeDialogProps) {
  const [picked, setPicked] = useState<string[]>([]);
  const field = useRef<HTMLInputElement>(null);
  const candidates = useMemo(
    () => people.filter(({ id, active, role }) => id !== member.id && active && mayGrant(organisation.role, role)),
    [people, member.id, organisation.role],
  );
  const into = candidates.find(({ id }) => id === picked[0]);
  const merge = administration.organisations.mergePeople.useMutation({
    onSuccess: () => {
      notify(`${member.name} is ${into?.name ?? 'merged'} now.`);
      onClose();
    },
  });
  return (
    <Dialog
      open
      onOpenChange={(open) => open || onClose()}
      initialFocus={field}
      title={`Merge ${member.name} into somebody else`}
      description="For one person who is here twice, as it happens with an import."
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            look="danger"
            busy={merge.isPending}
            disabled={into === undefined}
            onClick={() => {
              if (into) merge.mutate({ orgId: organisation.id, fromId: member.id, intoId: into.id });
            }}
          >
            Merge for good
          </Button>
        </>
      }
    >
      <div className="flex min-h-64 flex-col gap-4">
        <PeoplePicker
          label="Who stays"
          people={candidates}
          picked={picked}
          onChange={(ids) => setPicked(ids.slice(-1))}
          fieldRef={field}
        />
        {into === undefined ? null : <Consequences from={member} into={into} />}
        <FormRefusal refusal={merge.error === null ? null : refusalWords(merge.error)} />
      </div>
    </Dialog>
  );
}

function Consequences({ from, into }: { from: ListedMember; into: ListedMember }) {
  return (
    <ul aria-label="What happens" className="flex list-disc flex-col gap-1.5 pl-5 text-base text-ink-2">
      <li>
        Everything {from.name} wrote, reacted to and pinned, and every mention of them, is {into.name}’s from then on.
      </li>
      <li>
        {into.name} takes part in every thread of {from.name}, and reads all of it.
      </li>
      {from.placeholder ? (
        <li>Nobody can accept an invitation as {from.name} any more.</li>
      ) : (
        <li>
          {from.name} is signed out everywhere and can never sign in again. Their drafts, scheduled and saved messages
          and settings are not carried over.
        </li>
      )}
      <li className="font-medium text-ink">This cannot be undone.</li>
    </ul>
  );
}
