import { mayGrant, ROLES, type Role } from '@parley/core/organisations';
import { Avatar, Chip, IconButton, Menu, notify, Time, type MenuItem } from '@parley/ui';
import { Check, ChevronDown, Ellipsis, Merge, RotateCcw, UserRoundPlus, UserRoundX } from 'lucide-react';
import { refusalWords } from '../accounts/refusal-words.ts';
import { roleNames } from '../people/role-names.ts';
import type { OwnOrganisation } from '../shell/use-organisations.ts';
import { usePersonId } from '../sync/engine-provider.tsx';
import { administration } from './administration.ts';
import type { ListedMember } from './members-page.tsx';

export interface MemberLineProps {
  member: ListedMember;
  organisation: OwnOrganisation;
  /** Milliseconds since 1970; to the day. */
  seenAt: number | undefined;
  online: boolean;
  onInvite: (address: string) => void;
  onMerge: (member: ListedMember) => void;
  onDeactivate: (member: ListedMember) => void;
}

export function MemberLine(props: MemberLineProps) {
  const { member, organisation, seenAt, online, onInvite, onMerge, onDeactivate } = props;
  const self = usePersonId() === member.id;
  const mayChange = mayGrant(organisation.role, member.role);
  const letIn = administration.organisations.reactivateMember.useMutation({
    onSuccess: () => notify(`${member.name} is let in again.`),
    onError: (error) => notify(refusalWords(error).text, { tone: 'bad' }),
  });
  const items: MenuItem[] = [];
  const { email } = member;
  if (member.placeholder && member.active && email !== null) {
    items.push({ label: 'Invite', icon: <UserRoundPlus size={15} />, onSelect: () => onInvite(email) });
  }
  if (!self) {
    items.push({ label: 'Merge into somebody else', icon: <Merge size={15} />, onSelect: () => onMerge(member) });
  }
  if (!member.active) {
    items.push({
      label: 'Let in again',
      icon: <RotateCcw size={15} />,
      onSelect: () => letIn.mutate({ orgId: organisation.id, personId: member.id }),
    });
  } else if (!self) {
    items.push({
      label: 'Deactivate',
      icon: <UserRoundX size={15} />,
      danger: true,
      separated: true,
      onSelect: () => onDeactivate(member),
    });
  }
  return (
    <li className="flex min-h-14 items-center gap-3 rounded-lg px-2 py-1.5 [contain-intrinsic-size:auto_3.5rem] [content-visibility:auto] hover:bg-sunk/60">
      <Avatar id={member.id} name={member.name} />
      <span className="min-w-0 flex-1">
        <span className="block truncate text-base font-medium">
          {member.name}
          {self ? <span className="font-normal text-ink-3"> (you)</span> : null}
        </span>
        <span className="block truncate text-sm text-ink-3">{email ?? 'No address'}</span>
      </span>
      <span className="w-32 shrink-0 text-right text-sm text-ink-3 max-desk:hidden">
        <Seen member={member} seenAt={seenAt} />
      </span>
      {mayChange && member.active ? (
        <RoleMenu member={member} organisation={organisation} online={online} />
      ) : (
        <Chip>{roleNames[member.role]}</Chip>
      )}
      <Menu
        label={`What can be done with ${member.name}`}
        items={items}
        trigger={(props) => (
          <IconButton
            {...props}
            label={`More for ${member.name}`}
            disabled={!online || !mayChange || items.length === 0}
            className={items.length === 0 || !mayChange ? 'invisible' : ''}
          >
            <Ellipsis size={17} />
          </IconButton>
        )}
      />
    </li>
  );
}

function Seen({ member, seenAt }: Pick<MemberLineProps, 'member' | 'seenAt'>) {
  if (member.placeholder) return 'No account yet';
  if (seenAt === undefined) return 'Not signed in';
  return (
    <>
      Seen <Time at={seenAt} as="relative" />
    </>
  );
}

function RoleMenu({ member, organisation, online }: Pick<MemberLineProps, 'member' | 'organisation' | 'online'>) {
  const change = administration.organisations.changeRole.useMutation({
    onSuccess: (_answer, { role }) => notify(`${member.name} is now ${inSentence[role]}.`),
    onError: (error) => notify(refusalWords(error).text, { tone: 'bad' }),
  });
  const roles = ROLES.filter(
    (role) => mayGrant(organisation.role, role) && !(member.placeholder && (role === 'owner' || role === 'admin')),
  );
  return (
    <Menu
      label={`Role of ${member.name}`}
      items={roles.map((role) => ({
        label: roleNames[role],
        icon: <Check size={15} className={role === member.role ? '' : 'invisible'} />,
        onSelect: () => {
          if (role !== member.role) change.mutate({ orgId: organisation.id, personId: member.id, role });
        },
      }))}
      trigger={(props) => (
        <button
          type="button"
          {...props}
          aria-label={`Role of ${member.name}: ${roleNames[member.role]}`}
          disabled={!online || change.isPending}
          className="flex min-h-8 min-w-23 shrink-0 items-center justify-between gap-1 rounded-md border border-transparent px-2.5 text-base font-medium text-ink-2 hover:border-line hover:bg-sheet aria-expanded:bg-sunk disabled:opacity-60 pointer-coarse:min-h-11"
        >
          {roleNames[member.role]}
          <ChevronDown size={14} aria-hidden className="text-ink-3" />
        </button>
      )}
    />
  );
}

const inSentence: Readonly<Record<Role, string>> = {
  owner: 'an owner',
  admin: 'an admin',
  member: 'a member',
  guest: 'a guest',
};
