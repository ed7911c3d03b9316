import { Button, IconButton, notify, Time, useMinute } from '@parley/ui';
import { Copy, X } from 'lucide-react';
import { useState } from 'react';
import { refusalWords } from '../accounts/refusal-words.ts';
import { administration } from '../administration/administration.ts';
import { InvitationLink } from '../people/invite-dialog.tsx';

interface Invitation {
  id: string;
  email: string;
  invitedBy: string;
  expiresAt: number;
  isWaiting: boolean;
}

/** Invitations of partners that have not become partners yet; nothing where there are none. */
export function OpenInvitations({ orgId, online }: { orgId: string; online: boolean }) {
  const list = administration.partners.invitations.useQuery({ orgId });
  if (list.data === undefined && list.isError) {
    return (
      <p className="flex items-center gap-3 text-base text-ink-3">
        The open invitations did not come.
        <Button size="small" onClick={() => void list.refetch()}>
          Try again
        </Button>
      </p>
    );
  }
  if (list.data === undefined || list.data.length === 0) return null;
  return (
    <div>
      <h2 className="mb-3 text-base font-semibold">Invitations</h2>
      <ul aria-label="Invitations of partners" className="rounded-xl border border-line">
        {list.data.map((invitation) => (
          <InvitationLine key={invitation.id} orgId={orgId} invitation={invitation} online={online} />
        ))}
      </ul>
    </div>
  );
}

interface InvitationLineProps {
  orgId: string;
  invitation: Invitation;
  online: boolean;
}

function InvitationLine({ orgId, invitation, online }: InvitationLineProps) {
  const { id: invitationId, email, invitedBy, expiresAt, isWaiting } = invitation;
  const { invitations, invitationLink } = administration.useUtils().partners;
  const [shown, setShown] = useState<string>();
  const ended = useMinute() >= expiresAt;
  const refused = (error: unknown): void => void notify(refusalWords(error).text, { tone: 'bad' });
  const revoke = administration.partners.revokeInvitation.useMutation({
    onSuccess: () => notify(`The invitation for ${email} no longer counts.`),
    onError: refused,
    onSettled: () => invitations.invalidate({ orgId }),
  });
  const show = async () => {
    try {
      setShown((await invitationLink.fetch({ orgId, invitationId }, { staleTime: 0 })).url);
    } catch (error) {
      refused(error);
    }
  };
  return (
    <li className="flex min-h-14 items-center gap-3 border-line px-4 py-2 not-first:border-t max-desk:px-3">
      <span className="min-w-0 flex-1">
        <span className="block truncate text-base font-medium">{email}</span>
        <span className="block text-sm text-ink-3">
          {isWaiting ? (
            'Accepted; their administrators have to say yes'
          ) : (
            <>
              Invited by {invitedBy}, {ended ? 'ended' : 'ends'} <Time at={expiresAt} as="relative" />
            </>
          )}
        </span>
      </span>
      {ended || isWaiting ? null : (
        <IconButton label={`Show the link for ${email}`} disabled={!online} onClick={() => void show()}>
          <Copy size={16} />
        </IconButton>
      )}
      <IconButton
        label={`Withdraw the invitation for ${email}`}
        disabled={!online || revoke.isPending}
        onClick={() => revoke.mutate({ orgId, invitationId })}
      >
        <X size={16} />
      </IconButton>
      {shown === undefined ? null : (
        <InvitationLink email={email} url={shown} expiresAt={expiresAt} onClose={() => setShown(undefined)} />
      )}
    </li>
  );
}
