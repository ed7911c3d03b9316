import { Button, Dialog, TextField } from '@parley/ui';
import { useRef, useState, type FormEvent } from 'react';
import { FormRefusal } from '../accounts/form-refusal.tsx';
import { refusalWords } from '../accounts/refusal-words.ts';
import { administration } from '../administration/administration.ts';
import { InvitationLink } from '../people/invite-dialog.tsx';
import type { OwnOrganisation } from '../shell/use-organisations.ts';

/** Makes an invitation link for somebody who speaks for another organisation. */
export function InvitePartnerDialog({ organisation, onClose }: { organisation: OwnOrganisation; onClose: () => void }) {
  const [email, setEmail] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const { invitations } = administration.useUtils().partners;
  const invite = administration.partners.invite.useMutation({
    onSuccess: () => invitations.invalidate({ orgId: organisation.id }),
  });
  const refusal = invite.error === null ? null : refusalWords(invite.error);
  if (invite.data !== undefined) return <InvitationLink email={email.trim()} {...invite.data} onClose={onClose} />;
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (!invite.isPending) invite.mutate({ orgId: organisation.id, email: email.trim() });
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => open || onClose()}
      title={`Invite a partner of ${organisation.name}`}
      description="Whoever has this address chooses for which organisation they accept. You get a link, and they get a mail."
      initialFocus={field}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form="invite-partner" look="primary" busy={invite.isPending}>
            Make link
          </Button>
        </>
      }
    >
      <form id="invite-partner" onSubmit={onSubmit} className="flex flex-col gap-5">
        <TextField
          ref={field}
          label="E-mail"
          type="email"
          name="invited-email"
          autoComplete="off"
          required
          value={email}
          error={refusal?.fields['email']}
          onChange={(event) => setEmail(event.target.value)}
        />
        <p className="text-base text-ink-2">
          Once they accept, people of both organisations can start threads with each other. At first you are the one
          they can reach, and they see nobody else of {organisation.name}.
        </p>
        <FormRefusal refusal={refusal} />
      </form>
    </Dialog>
  );
}
