import { mayGrant } from '@parley/core/organisations';
import { Button, EmptyState, IconButton, Menu, notify, Spinner, Time, useMinute } from '@parley/ui';
import { CloudOff, Copy, Ellipsis, Mail, RotateCcw, UserRoundPlus, X } from 'lucide-react';
import { useState } from 'react';
import { refusalWords } from '../accounts/refusal-words.ts';
import { InvitationLink, InviteDialog, type InvitationLinkProps } from '../people/invite-dialog.tsx';
import { roleNames } from '../people/role-names.ts';
import type { OwnOrganisation } from '../shell/use-organisations.ts';
import { administration } from './administration.ts';
import { useOnline } from './connection.tsx';

interface Invitation {
  id: string;
  email: string;
  role: keyof typeof roleNames;
  invitedBy: string | null;
  expiresAt: number;
}

/** Links that nobody has used yet: to be copied, sent again, or withdrawn. */
export function InvitationsPage({ organisation }: { organisation: OwnOrganisation }) {
  const online = useOnline();
  const [inviting, setInviting] = useState(false);
  const list = administration.organisations.invitations.useQuery({ orgId: organisation.id });
  const invite = (
    <Button
      look="primary"
      disabled={!online}
      title={online ? undefined : 'Inviting needs a connection'}
      icon={<UserRoundPlus size={16} aria-hidden />}
      onClick={() => setInviting(true)}
      className="min-h-9"
    >
      Invite
    </Button>
  );
  return (
    <section aria-label="Invitations">
      {list.data === undefined ? (
        list.isError ? (
          <EmptyState
            icon={<CloudOff size={22} strokeWidth={1.8} />}
            title="The invitations did not come"
            action={<Button onClick={() => void list.refetch()}>Try again</Button>}
          >
            {refusalWords(list.error).text}
          </EmptyState>
        ) : (
          <div className="grid place-items-center py-12">
            <Spinner label="Fetching the invitations" />
          </div>
        )
      ) : list.data.length === 0 ? (
        <EmptyState icon={<Mail size={22} strokeWidth={1.8} />} title="No invitation is open" action={invite}>
          An invitation is a link for one address. It works once, and ends after 14 days.
        </EmptyState>
      ) : (
        <>
          <div className="mb-4 flex items-center justify-between gap-3">
            <p className="text-base text-ink-3">Each link works once, and only for its address.</p>
            {invite}
          </div>
          <ul aria-label="Invitations" className="rounded-xl border border-line">
            {list.data.map((invitation) => (
              <InvitationLine key={invitation.id} invitation={invitation} organisation={organisation} online={online} />
            ))}
          </ul>
        </>
      )}
      {inviting ? <InviteDialog organisation={organisation} onClose={() => setInviting(false)} /> : null}
    </section>
  );
}

interface InvitationLineProps {
  invitation: Invitation;
  organisation: OwnOrganisation;
  online: boolean;
}

function InvitationLine({ invitation, organisation, online }: InvitationLineProps) {
  const { id: orgId } = organisation;
  const { id: invitationId, email, role, invitedBy, expiresAt } = invitation;
  const { invitations, invitationLink } = administration.useUtils().organisations;
  const [shown, setShown] = useState<Omit<InvitationLinkProps, 'onClose'>>();
  const ended = useMinute() >= expiresAt;
  const maySee = mayGrant(organisation.role, role);
  const refused = (error: unknown): void => void notify(refusalWords(error).text, { tone: 'bad' });
  const revoke = administration.organisations.revokeInvitation.useMutation({
    onSuccess: () => notify(`The link for ${email} no longer works.`),
    onError: refused,
    onSettled: () => invitations.invalidate({ orgId }),
  });
  const again = administration.organisations.invite.useMutation({
    onSuccess: () => notify(`A new link is on its way to ${email}. The old one no longer works.`),
    onError: refused,
    onSettled: () => invitations.invalidate({ orgId }),
  });
  const copy = async () => {
    try {
      const { url } = await invitationLink.fetch({ orgId, invitationId }, { staleTime: 0 });
      // Without a secure address there is no clipboard: the link is shown, to be copied by hand.
      await navigator.clipboard.writeText(url).then(
        () => notify(`The link for ${email} is copied.`),
        () => setShown({ email, url, expiresAt }),
      );
    } catch (error) {
      refused(error);
    }
  };
  return (
    <li className="flex min-h-14 items-center gap-3 border-line px-4 py-2 not-first:border-t max-desk:px-3">
      <Mail size={17} strokeWidth={1.8} aria-hidden className="shrink-0 text-ink-3 max-desk:hidden" />
      <span className="min-w-0 flex-1">
        <span className="block truncate text-base font-medium">{email}</span>
        <span className="block truncate text-sm text-ink-3">
          {roleNames[role]}, {ended ? 'ended' : 'ends'} <Time at={expiresAt} as="relative" />
          {invitedBy === null ? null : `, invited by ${invitedBy}`}
        </span>
      </span>
      {ended || !maySee ? null : (
        <IconButton label={`Copy the link for ${email}`} disabled={!online} onClick={() => void copy()}>
          <Copy size={16} />
        </IconButton>
      )}
      <Menu
        label={`What can be done with the invitation of ${email}`}
        items={[
          {
            label: 'Send again',
            icon: <RotateCcw size={15} />,
            disabled: !maySee,
            onSelect: () => again.mutate({ orgId, email, role }),
          },
          {
            label: ended ? 'Remove' : 'Withdraw',
            icon: <X size={15} />,
            danger: true,
            separated: true,
            onSelect: () => revoke.mutate({ orgId, invitationId }),
          },
        ]}
        trigger={(props) => (
          <IconButton {...props} label={`More for ${email}`} disabled={!online || revoke.isPending || again.isPending}>
            <Ellipsis size={17} />
          </IconButton>
        )}
      />
      {shown ? <InvitationLink {...shown} onClose={() => setShown(undefined)} /> : null}
    </li>
  );
}
