import type { PartnershipApproval, ThreadStarters } from '@parley/core/organisations';
import { receiptsOn } from '@parley/core/receipts';
import { orgScope } from '@parley/core/scopes';
import { Button, notify, Segmented, TextField } from '@parley/ui';
import { useState, type FormEvent, type ReactNode } from 'react';
import { FormRefusal } from '../accounts/form-refusal.tsx';
import { refusalWords } from '../accounts/refusal-words.ts';
import { ReceiptsSwitch } from '../receipts/receipts-setting.tsx';
import type { OwnOrganisation } from '../shell/use-organisations.ts';
import { useRow } from '../sync/views.ts';
import { administration } from './administration.ts';
import { useOnline } from './connection.tsx';
import { LegalHold, useHold } from './legal-hold.tsx';
import { RetentionRule } from './retention-rule.tsx';

const starters: { value: ThreadStarters; label: string }[] = [
  { value: 'members', label: 'All members' },
  { value: 'admins', label: 'Owners and admins' },
];

const approvals: { value: PartnershipApproval; label: string }[] = [
  { value: 'members', label: 'All members' },
  { value: 'admins', label: 'Owners and admins' },
];

/** Name and rules of the organisation. Everybody's device hears of a change at once. */
export function OrganisationPage({ organisation }: { organisation: OwnOrganisation }) {
  const { id: orgId } = organisation;
  const row = useRow(orgScope(orgId), 'org', orgId);
  const online = useOnline();
  const threadStarters = useRule(orgId, 'threadStarters', row?.data.threadStarters ?? 'members');
  const partnershipApproval = useRule(orgId, 'partnershipApproval', row?.data.partnershipApproval ?? 'admins');
  const receipts = useRule(orgId, 'receipts', receiptsOn(row?.data));
  const retentionDays = useRule(orgId, 'retentionDays', row?.data.retentionDays ?? null);
  const isOnHold = Boolean(useHold(orgId).data);
  return (
    <section aria-label="Organisation" className="flex flex-col">
      <Part title="Name" note="Shown in the rail, in invitations and in mails.">
        <NameForm key={organisation.name} organisation={organisation} online={online} />
      </Part>
      <Part title="Who may start threads" note="Guests never do. Whoever is in a thread writes in it.">
        <Segmented
          label="Who may start threads"
          value={threadStarters.value}
          options={starters.map((option) => ({ ...option, disabled: !online }))}
          onChange={threadStarters.choose}
        />
      </Part>
      <Part
        title="Who accepts partners"
        note="Otherwise what a member accepts waits for an owner or admin. Guests accept nothing."
      >
        <Segmented
          label="Who accepts partners"
          value={partnershipApproval.value}
          options={approvals.map((option) => ({ ...option, disabled: !online }))}
          onChange={partnershipApproval.choose}
        />
      </Part>
      <Part
        title="Read receipts"
        note="Whether people see how far others have read. Everyone can switch off their own."
      >
        <ReceiptsSwitch on={receipts.value} disabled={!online} onChange={receipts.choose} />
      </Part>
      <Part
        title="Keep messages"
        note={
          isOnHold
            ? 'Messages of your members. Nothing is deleted while there is a hold.'
            : 'Messages of your members, for this long after they were sent.'
        }
      >
        <RetentionRule
          days={retentionDays.value}
          isOnHold={isOnHold}
          disabled={!online}
          onChange={retentionDays.choose}
        />
      </Part>
      <Part title="Legal hold" note="Keeps all that your members wrote, whatever they delete and however old it is.">
        <LegalHold organisation={organisation} />
      </Part>
    </section>
  );
}

interface Rules {
  threadStarters: ThreadStarters;
  partnershipApproval: PartnershipApproval;
  retentionDays: number | null;
  receipts: boolean;
}

/** A rule, and how to change it. What was chosen shows until the server's own row says the same. */
function useRule<Name extends keyof Rules>(orgId: string, name: Name, known: Rules[Name]) {
  const [chosen, setChosen] = useState<Rules[Name]>();
  if (chosen === known) setChosen(undefined);
  const change = administration.organisations.change.useMutation({
    onError(error) {
      setChosen(undefined);
      notify(refusalWords(error).text, { tone: 'bad' });
    },
  });
  const choose = (value: Rules[Name]) => {
    setChosen(value);
    change.mutate({ orgId, [name]: value });
  };
  return { value: chosen === undefined ? known : chosen, choose };
}

function NameForm({ organisation, online }: { organisation: OwnOrganisation; online: boolean }) {
  const [name, setName] = useState(organisation.name);
  const change = administration.organisations.change.useMutation({
    onSuccess: () => notify('The name is changed.'),
  });
  const refusal = change.error === null ? null : refusalWords(change.error);
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (!change.isPending) change.mutate({ orgId: organisation.id, name: name.trim() });
  };
  return (
    <form onSubmit={onSubmit} className="flex w-full max-w-96 flex-col gap-2">
      <TextField
        label="Name of the organisation"
        labelHidden
        required
        maxLength={100}
        value={name}
        error={refusal?.fields['name']}
        onChange={(event) => setName(event.target.value)}
        end={
          <Button
            type="submit"
            size="small"
            className="mr-1.5"
            busy={change.isPending}
            disabled={!online || name.trim() === '' || name.trim() === organisation.name}
          >
            Save
          </Button>
        }
      />
      <FormRefusal refusal={refusal} />
    </form>
  );
}

function Part({ title, note, children }: { title: string; note: string; children: ReactNode }) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 border-line py-5 not-first:border-t first:pt-1">
      <div className="min-w-0">
        <h2 className="text-base font-semibold">{title}</h2>
        <p className="text-base text-ink-3">{note}</p>
      </div>
      {children}
    </div>
  );
}
