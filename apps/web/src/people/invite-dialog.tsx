import { mayGrant, ROLES, type Role } from '@parley/core/organisations';
import { announce, Button, Dialog, Segmented, TextField, Time } from '@parley/ui';
import { Check, Copy } from 'lucide-react';
import { useRef, useState, type FormEvent } from 'react';
import { administration } from '../administration/administration.ts';
import { FormRefusal } from '../accounts/form-refusal.tsx';
import { refusalWords } from '../accounts/refusal-words.ts';
import type { OwnOrganisation } from '../shell/use-organisations.ts';
import { roleNames } from './role-names.ts';

const roleNotes: Readonly<Record<Role, string>> = {
  owner: 'May do everything.',
  admin: 'Looks after members, and may delete messages of others.',
  member: 'Sees the directory, starts threads.',
  guest: 'Sees only the threads they are added to; no directory, no notes.',
};

export interface InviteDialogProps {
  organisation: OwnOrganisation;
  /** Address that stands in the field at first. */
  address?: string;
  /** The one thread that a guest from outside is let into. */
  thread?: { id: string; subject: string };
  onClose: () => void;
}

/** Makes an invitation link for one address, and shows it once. */
export function InviteDialog({ organisation, address = '', thread, onClose }: InviteDialogProps) {
  const [email, setEmail] = useState(address);
  const [role, setRole] = useState<Role>('member');
  const first = useRef<HTMLInputElement>(null);
  // The usual one first.
  const roles = ROLES.filter((each) => each !== 'owner' && mayGrant(organisation.role, each)).reverse();
  const invitations = administration.useUtils().organisations.invitations;
  const made = { onSuccess: () => invitations.invalidate({ orgId: organisation.id }) };
  const toOrganisation = administration.organisations.invite.useMutation(made);
  const toThread = administration.organisations.inviteToThread.useMutation(made);
  const invite = thread === undefined ? toOrganisation : toThread;
  const refusal = invite.error === null ? null : refusalWords(invite.error);

  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (invite.isPending) return;
    const invited = { orgId: organisation.id, email: email.trim() };
    if (thread === undefined) toOrganisation.mutate({ ...invited, role });
    else toThread.mutate({ ...invited, threadId: thread.id });
  };

  const startAnother = () => {
    setEmail('');
    invite.reset();
  };

  if (invite.data !== undefined) {
    return <InvitationLink email={email.trim()} {...invite.data} onClose={onClose} onAnother={startAnother} />;
  }
  return (
    <Dialog
      open
      onOpenChange={(open) => open || onClose()}
      title={thread === undefined ? `Invite to ${organisation.name}` : `Invite a guest to “${thread.subject}”`}
      description={
        thread === undefined
          ? 'You get a link for one address. Send it any way you like; no mail is needed.'
          : `Somebody from outside reads and writes in this thread, from its start, and sees nothing else of ${organisation.name}. You get a link for one address.`
      }
      initialFocus={first}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form="invite" look="primary" busy={invite.isPending}>
            Make link
          </Button>
        </>
      }
    >
      <form id="invite" onSubmit={onSubmit} className="flex flex-col gap-5">
        <TextField
          ref={first}
          label="E-mail"
          type="email"
          name="invited-email"
          autoComplete="off"
          required
          value={email}
          error={refusal?.fields['email']}
          onChange={(event) => setEmail(event.target.value)}
        />
        {thread === undefined ? (
          <div className="flex flex-col items-start gap-1.5">
            <span className="text-base font-medium">Role</span>
            <Segmented
              label="Role"
              value={role}
              options={roles.map((value) => ({ value, label: roleNames[value] }))}
              onChange={setRole}
            />
            <p className="text-sm text-ink-3">{roleNotes[role]}</p>
          </div>
        ) : null}
        <FormRefusal refusal={refusal} />
      </form>
    </Dialog>
  );
}

export interface InvitationLinkProps {
  email: string;
  url: string;
  expiresAt: number;
  onClose: () => void;
  onAnother?: () => void;
}

/** A link to be sent on, with a button that copies it. */
export function InvitationLink({ email, url, expiresAt, onClose, onAnother }: InvitationLinkProps) {
  const field = useRef<HTMLInputElement>(null);
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    field.current?.select();
    try {
      await navigator.clipboard.writeText(url);
    } catch {
      // Without a secure address there is no clipboard: the link stays selected, to be copied by hand.
      return;
    }
    setCopied(true);
    announce('Link copied');
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => open || onClose()}
      title="Send this link"
      description={`It works once, and only for ${email}.`}
      actions={
        <>
          {onAnother === undefined ? null : <Button onClick={onAnother}>Invite another</Button>}
          <Button look="primary" onClick={onClose}>
            Done
          </Button>
        </>
      }
    >
      <TextField
        ref={field}
        label="Invitation link"
        labelHidden
        readOnly
        value={url}
        onFocus={(event) => event.target.select()}
        hint={
          <>
            Ends <Time at={expiresAt} as="relative" />.
          </>
        }
        end={
          <Button
            size="small"
            className="mr-1.5"
            icon={copied ? <Check size={15} /> : <Copy size={15} />}
            onClick={() => void copy()}
          >
            {copied ? 'Copied' : 'Copy'}
          </Button>
        }
      />
    </Dialog>
  );
}
