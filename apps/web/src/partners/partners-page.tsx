import { partnerState, type PartnerRow, type PartnerState } from '@parley/core/partners';
import { orgScope } from '@parley/core/scopes';
import { Button, Chip, EmptyState, IconButton, Menu, notify, Time } from '@parley/ui';
import { Ban, Ellipsis, Handshake, Pause, Play, UserRoundPlus, UsersRound } from 'lucide-react';
import { useState } from 'react';
import { refusalWords } from '../accounts/refusal-words.ts';
import { administration } from '../administration/administration.ts';
import { useOnline } from '../administration/connection.tsx';
import type { OwnOrganisation } from '../shell/use-organisations.ts';
import { useRows } from '../sync/views.ts';
import { ContactsDialog } from './contacts-dialog.tsx';
import { EndDialog, SuspendDialog } from './end-dialogs.tsx';
import { InvitePartnerDialog } from './invite-partner-dialog.tsx';
import { OpenInvitations } from './open-invitations.tsx';
import { WaitingPartners } from './waiting-partners.tsx';

export interface Partner extends PartnerRow {
  id: string;
}

const stateWords: Readonly<Record<PartnerState, string>> = { active: 'Active', suspended: 'Suspended', ended: 'Ended' };

/** Other organisations that people start threads with, and how that is begun, rested and ended. */
export function PartnersPage({ organisation }: { organisation: OwnOrganisation }) {
  const { id: orgId } = organisation;
  const online = useOnline();
  const [inviting, setInviting] = useState(false);
  const partners = useRows(orgScope(orgId), 'partner')
    .map(({ id, data }) => ({ id, ...data }))
    .sort(byState);
  const invite = (
    <Button
      look="primary"
      disabled={!online}
      title={online ? undefined : 'Inviting needs a connection'}
      icon={<UserRoundPlus size={16} aria-hidden />}
      onClick={() => setInviting(true)}
      className="min-h-9"
    >
      Invite a partner
    </Button>
  );
  return (
    <section aria-label="Partners" className="flex flex-col gap-8">
      <WaitingPartners orgId={orgId} />
      {partners.length === 0 ? (
        <EmptyState icon={<Handshake size={22} strokeWidth={1.8} />} title="No partners yet" action={invite}>
          A partner is another organisation. People of both start threads with each other; all else stays apart.
        </EmptyState>
      ) : (
        <div>
          <div className="mb-4 flex items-center justify-between gap-3">
            <p className="text-base text-ink-3">Each side sees only whom the other offers, and shared threads.</p>
            {invite}
          </div>
          <ul aria-label="Partners" className="rounded-xl border border-line">
            {partners.map((partner) => (
              <PartnerLine key={partner.id} partner={partner} organisation={organisation} online={online} />
            ))}
          </ul>
        </div>
      )}
      <OpenInvitations orgId={orgId} online={online} />
      {inviting ? <InvitePartnerDialog organisation={organisation} onClose={() => setInviting(false)} /> : null}
    </section>
  );
}

/** Those that stand first, then by name. */
const byState = (one: Partner, other: Partner): number =>
  Number(one.ended !== null) - Number(other.ended !== null) || one.name.localeCompare(other.name);

interface PartnerLineProps {
  partner: Partner;
  organisation: OwnOrganisation;
  online: boolean;
}

function PartnerLine({ partner, organisation, online }: PartnerLineProps) {
  const { id: orgId } = organisation;
  const { id: partnerId, name, since, suspendedBy, ended } = partner;
  const [asking, setAsking] = useState<'contacts' | 'suspend' | 'end'>();
  const close = () => setAsking(undefined);
  const state = partnerState(partner);
  const isOurs = suspendedBy.includes(orgId);
  const resume = administration.partners.suspend.useMutation({
    onSuccess: () => notify(`Your side of the partnership with ${name} is resumed.`),
    onError: (error) => void notify(refusalWords(error).text, { tone: 'bad' }),
  });
  return (
    <li className="flex min-h-16 items-center gap-3 border-line px-4 py-2 not-first:border-t max-desk:px-3">
      <Handshake size={17} strokeWidth={1.8} aria-hidden className="shrink-0 text-outside max-desk:hidden" />
      <span className="min-w-0 flex-1">
        <span className="flex items-center gap-2">
          <span className="truncate text-base font-medium">{name}</span>
          <Chip tone={state === 'active' ? 'outside' : 'neutral'}>{stateWords[state]}</Chip>
        </span>
        <span className="block text-sm text-ink-3">
          {ended ? (
            <>
              {ended.by === orgId ? 'Ended by you' : `Ended by ${name}`} <Time at={ended.at} as="relative" />
            </>
          ) : state === 'suspended' ? (
            suspendedWords(suspendedBy, orgId, name)
          ) : (
            <>
              Began <Time at={since} as="relative" /> · {contactWords(partner)}
            </>
          )}
        </span>
      </span>
      {ended ? null : (
        <Menu
          label={`What can be done with ${name}`}
          items={[
            {
              label: 'Whom they can reach',
              icon: <UsersRound size={15} />,
              onSelect: () => setAsking('contacts'),
            },
            isOurs
              ? {
                  label: 'Resume',
                  icon: <Play size={15} />,
                  onSelect: () => resume.mutate({ orgId, partnerId, suspended: false }),
                }
              : { label: 'Suspend', icon: <Pause size={15} />, onSelect: () => setAsking('suspend') },
            {
              label: 'End the partnership',
              icon: <Ban size={15} />,
              danger: true,
              separated: true,
              onSelect: () => setAsking('end'),
            },
          ]}
          trigger={(props) => (
            <IconButton {...props} label={`More for ${name}`} disabled={!online || resume.isPending}>
              <Ellipsis size={17} />
            </IconButton>
          )}
        />
      )}
      {asking === 'contacts' ? <ContactsDialog partner={partner} organisation={organisation} onClose={close} /> : null}
      {asking === 'suspend' ? <SuspendDialog partner={partner} organisation={organisation} onClose={close} /> : null}
      {asking === 'end' ? <EndDialog partner={partner} organisation={organisation} onClose={close} /> : null}
    </li>
  );
}

function suspendedWords(by: readonly string[], orgId: string, name: string): string {
  if (by.length > 1) return 'Suspended by both sides';
  return by.includes(orgId) ? 'Suspended by you' : `Suspended by ${name}`;
}

function contactWords({ contacts }: Partner): string {
  const [first, ...others] = contacts;
  if (first === undefined) return 'nobody to start a thread with';
  return others.length === 0 ? first.name : `${first.name} and ${others.length} more`;
}
