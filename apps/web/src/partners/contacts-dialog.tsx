import { CONTACTS } from '@parley/core/partners';
import { orgPeopleScope } from '@parley/core/scopes';
import { Button, Dialog, notify, Spinner } from '@parley/ui';
import { useMemo, useRef, useState } from 'react';
import { FormRefusal } from '../accounts/form-refusal.tsx';
import { refusalWords } from '../accounts/refusal-words.ts';
import { administration } from '../administration/administration.ts';
import type { OwnOrganisation } from '../shell/use-organisations.ts';
import { useRows } from '../sync/views.ts';
import { PeoplePicker } from '../threads/people-picker.tsx';
import type { Partner } from './partners-page.tsx';

export interface PartnerDialogProps {
  partner: Partner;
  organisation: OwnOrganisation;
  onClose: () => void;
}

/** Chooses whom of one's own people a partner sees and can start threads with. */
export function ContactsDialog({ partner, organisation, onClose }: PartnerDialogProps) {
  const pair = { orgId: organisation.id, partnerId: partner.id };
  const directory = useRows(orgPeopleScope(pair.orgId), 'person');
  const people = useMemo(
    () =>
      directory
        .filter(({ data }) => data.active && !data.placeholder && data.role !== 'guest')
        .map(({ id, data }) => ({ id, ...data })),
    [directory],
  );
  const field = useRef<HTMLInputElement>(null);
  const offered = administration.partners.offered.useQuery(pair, { staleTime: 0 });
  const [chosen, setChosen] = useState<string[]>();
  const picked = chosen ?? offered.data;
  const utils = administration.useUtils();
  const offer = administration.partners.offer.useMutation({
    onSuccess: () => {
      notify(`${partner.name} sees whom you chose.`);
      onClose();
    },
    onSettled: () => utils.partners.offered.invalidate(pair),
  });
  const error = offer.error ?? offered.error;
  return (
    <Dialog
      open
      onOpenChange={(open) => open || onClose()}
      initialFocus={field}
      title={`Whom ${partner.name} can reach`}
      description={`They see these names, and can start threads with them. Nobody else of ${organisation.name} is shown.`}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            look="primary"
            busy={offer.isPending}
            disabled={picked === undefined || picked.length > CONTACTS}
            onClick={() => {
              if (picked) offer.mutate({ ...pair, personIds: picked });
            }}
          >
            Save
          </Button>
        </>
      }
    >
      <div className="flex min-h-64 flex-col gap-4">
        {picked === undefined ? (
          offered.isError ? null : (
            <Spinner label="Fetching whom they can reach" />
          )
        ) : (
          <PeoplePicker
            label="People they can reach"
            people={people}
            picked={picked}
            onChange={setChosen}
            fieldRef={field}
          />
        )}
        <FormRefusal refusal={error === null ? null : refusalWords(error)} />
      </div>
    </Dialog>
  );
}
