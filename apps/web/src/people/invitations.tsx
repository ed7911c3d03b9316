import { Button, IconButton, notify, Time, useMinute } from '@parley/ui';
import { Mail, UserRoundPlus, X } from 'lucide-react';
import { useState } from 'react';
import { administration } from '../administration/administration.ts';
import { Administration, useOnline } from '../administration/connection.tsx';
import { refusalWords } from '../accounts/refusal-words.ts';
import type { OwnOrganisation } from '../shell/use-organisations.ts';
import { InviteDialog, type InviteDialogProps } from './invite-dialog.tsx';
import { roleNames } from './role-names.ts';

/** Opens the dialog that makes an invitation link, to the organisation or to one thread; only with a connection. */
export function InviteButton(props: Pick<InviteDialogProps, 'organisation' | 'thread'>) {
  const [inviting, setInviting] = useState(false);
  const online = useOnline();
  const [look, words, iconSize] =
    props.thread === undefined
      ? ([{ look: 'primary', className: 'min-h-9' }, 'Invite', 16] as const)
      : ([{ size: 'small' }, 'Invite a guest', 15] as const);
  return (
    <Administration>
      <Button
        {...look}
        disabled={!online}
        title={online ? undefined : 'Inviting needs a connection'}
        icon={<UserRoundPlus size={iconSize} aria-hidden />}
        onClick={() => setInviting(true)}
      >
        {words}
      </Button>
      {inviting ? <InviteDialog {...props} onClose={() => setInviting(false)} /> : null}
    </Administration>
  );
}

/** The links that still work, with a way to end each; nothing while there are none. */
export function OpenInvitations({ organisation }: { organisation: OwnOrganisation }) {
  return (
    <Administration>
      <InvitationList orgId={organisation.id} />
    </Administration>
  );
}

function InvitationList({ orgId }: { orgId: string }) {
  const online = useOnline();
  const open = administration.organisations.invitations.useQuery({ orgId });
  const now = useMinute();
  const usable = (open.data ?? []).filter(({ expiresAt }) => expiresAt > now);
  if (usable.length === 0) return null;
  return (
    <section aria-label="Open invitations" className="mb-6 rounded-xl border border-line">
      <h2 className="border-b border-line px-4 py-2.5 text-sm font-semibold text-ink-2">Open invitations</h2>
      <ul>
        {usable.map((invitation) => (
          <OpenInvitation key={invitation.id} orgId={orgId} invitation={invitation} online={online} />
        ))}
      </ul>
    </section>
  );
}

interface OpenInvitationProps {
  orgId: string;
  invitation: { id: string; email: string; role: keyof typeof roleNames; invitedBy: string | null; expiresAt: number };
  online: boolean;
}

function OpenInvitation({ orgId, invitation, online }: OpenInvitationProps) {
  const invitations = administration.useUtils().organisations.invitations;
  const revoke = administration.organisations.revokeInvitation.useMutation({
    onSuccess: () => notify(`The link for ${invitation.email} no longer works.`),
    onError: (error) => notify(refusalWords(error).text, { tone: 'bad' }),
    onSettled: () => invitations.invalidate({ orgId }),
  });
  return (
    <li className="flex min-h-13 items-center gap-3 border-line px-4 py-2 not-first:border-t">
      <Mail size={17} strokeWidth={1.8} aria-hidden className="shrink-0 text-ink-3" />
      <span className="min-w-0 flex-1">
        <span className="block truncate text-base font-medium">{invitation.email}</span>
        <span className="block truncate text-sm text-ink-3">
          {roleNames[invitation.role]}, ends <Time at={invitation.expiresAt} as="relative" />
          {invitation.invitedBy === null ? null : `, invited by ${invitation.invitedBy}`}
        </span>
      </span>
      <IconButton
        label={`Withdraw the invitation of ${invitation.email}`}
        disabled={!online || revoke.isPending}
        onClick={() => revoke.mutate({ orgId, invitationId: invitation.id })}
      >
        <X size={17} />
      </IconButton>
    </li>
  );
}
