/** What the audit log says, in sentences. */
import { ROLES, type Role } from '@parley/core/organisations';
import type { AuditDetails, AuditKind } from '@parley/core/audit';
import { roleNames } from '../people/role-names.ts';

export interface LoggedEvent {
  id: number;
  at: number;
  /** Of a newer server, also one that is not known here. */
  kind: string;
  actor: { id: string; name: string | null } | null;
  subject: { id: string; name: string | null } | null;
  details: AuditDetails;
  device: string | null;
  place: string | null;
}

export function eventWords({ kind, actor, subject, details }: LoggedEvent): string {
  const who = actor === null ? 'The server’s operator' : (actor.name ?? 'Somebody');
  const say = Object.hasOwn(sentences, kind) ? sentences[kind as AuditKind] : undefined;
  return say?.(who, subject?.name ?? 'somebody', details) ?? `${who}: ${kind.replaceAll('_', ' ')}`;
}

const sentences: Readonly<Record<AuditKind, (who: string, whom: string, details: AuditDetails) => string>> = {
  signed_in: (who) => `${who} signed in`,
  second_step_failed: (who) => `A wrong code was given as the second step of ${who}`,
  password_changed: (who) => `${who} changed their password`,
  password_reset: (who) => `${who} set a new password with a reset link`,
  passkey_added: (who, _, { name }) => `${who} added the passkey ${name}`,
  passkey_removed: (who, _, { name }) => `${who} removed the passkey ${name}`,
  two_step_on: (who) => `${who} turned two-step sign-in on`,
  two_step_off: (who) => `${who} turned two-step sign-in off`,
  recovery_codes_renewed: (who) => `${who} made new recovery codes`,
  reset_link_made: (who, whom) => `${who} made a link with which ${whom} sets a new password`,
  device_signed_out: (who, _, { devices }) =>
    typeof devices === 'number' && devices !== 1
      ? `${who} signed out ${devices} of their devices`
      : `${who} signed out one of their devices`,
  signed_out: (who, whom, { everybody }) => `${who} signed ${everybody ? 'everybody' : whom} out`,
  organisation_made: (who, whom, { name }) => `${who} made the organisation ${name}, owned by ${whom}`,
  invited: (who, _, { email, role }) => `${who} invited ${email} as ${roleWord(role)}`,
  invitation_withdrawn: (who, _, { email }) => `${who} withdrew the invitation of ${email}`,
  invitation_accepted: (who, _, { role }) => `${who} accepted an invitation as ${roleWord(role)}`,
  role_changed: (who, whom, { before, role }) =>
    `${who} changed the role of ${whom} from ${roleWord(before)} to ${roleWord(role)}`,
  deactivated: (who, whom) => `${who} deactivated ${whom}`,
  reactivated: (who, whom) => `${who} let ${whom} in again`,
  merged: (who, whom, { into }) => `${who} merged ${whom} into ${into ?? 'somebody else'}`,
  partner_invited: (who, _, { email }) => `${who} invited ${email} to become partners`,
  partner_invitation_withdrawn: (who, _, { byPartner, partner, email }) =>
    byPartner
      ? `${partner} withdrew its invitation to become partners`
      : `${who} withdrew the invitation of ${email} to become partners`,
  partner_accepted: (who, _, { byPartner, partner, email, waits }) =>
    (byPartner
      ? `${partner ?? email} accepted the invitation to become partners`
      : `${who} accepted the invitation of ${partner} to become partners`) +
    (waits ? `, which an owner or admin${byPartner ? ' of theirs' : ''} has to approve` : ''),
  partner_approved: (who, _, { byPartner, partner }) =>
    byPartner ? `${partner} approved the partnership` : `${who} approved the partnership with ${partner}`,
  partner_declined: (who, _, { byPartner, partner, email }) =>
    byPartner
      ? `The invitation of ${email} to become partners was declined`
      : `${who} declined the partnership with ${partner}`,
  partner_contacts_changed: (who, _, { byPartner, partner, added, removed }) => {
    const changes = [added === undefined ? [] : `added ${added}`, removed === undefined ? [] : `removed ${removed}`];
    return byPartner
      ? `${partner} changed whom of theirs threads may be started with: ${changes.flat().join('; ')}`
      : `${who} changed whom ${partner} may start threads with: ${changes.flat().join('; ')}`;
  },
  partner_suspended: (who, _, { byPartner, partner }) =>
    byPartner ? `${partner} suspended the partnership` : `${who} suspended the partnership with ${partner}`,
  partner_resumed: (who, _, { byPartner, partner }) =>
    byPartner ? `${partner} resumed the partnership` : `${who} resumed the partnership with ${partner}`,
  partner_ended: (who, _, { byPartner, partner, threads }) =>
    (byPartner ? `${partner} ended the partnership` : `${who} ended the partnership with ${partner}`) +
    (threads === 'removed' ? ' and took its threads away' : ''),
  settings_changed: (who, _, details) => `${who} changed ${Object.entries(details).map(settingWords).join(', ')}`,
  hold_placed: (who, _, { reason }) => `${who} put the organisation on hold: ${reason}`,
  hold_lifted: (who, _, { reason }) => `${who} lifted the hold: ${reason}`,
  import_started: (who, _, { fileName }) => `${who} began to import ${fileName}`,
  exported: (who) => `${who} exported all that the organisation owns`,
  demo_made: (who, whom) => `${who} made a demo workspace for ${whom}`,
  demo_removed: (who, whom) => `${who} took the demo workspace of ${whom} away`,
};

function settingWords([name, value]: [string, AuditDetails[string]]): string {
  switch (name) {
    case 'name':
      return `the organisation’s name to ${value}`;
    case 'threadStarters':
      return `who may start threads to ${value === 'admins' ? 'owners and admins' : 'all members'}`;
    case 'receipts':
      return `read receipts to ${value === false ? 'off' : 'on'}`;
    case 'partnershipApproval':
      return `whose yes to a partner is enough: ${value === 'admins' ? 'owners and admins' : 'all members'}`;
    case 'retentionDays':
      return `how long messages are kept: ${value === null ? 'for ever' : `${value} days`}`;
    default:
      return name;
  }
}

const roleWord = (value: AuditDetails[string] | undefined): string =>
  ROLES.some((role) => role === value) ? roleNames[value as Role] : 'somebody';
