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
  device_signed_out: (who, _, { devices }) =>
    typeof devices === 'number' && devices !== 1
      ? `${who} signed out ${devices} of their devices`
      : `${who} signed out one of their devices`,
  invited: (who, _, { email, role }) => `${who} invited ${email} as ${roleWord(role)}`,
  invitation_withdrawn: (who, _, { email }) => `${who} withdrew the invitation of ${email}`,
  invitation_accepted: (who, _, { role }) => `${who} accepted an invitation as ${roleWord(role)}`,
  role_changed: (who, whom, { before, role }) =>
    `${who} changed the role of ${whom} from ${roleWord(before)} to ${roleWord(role)}`,
  deactivated: (who, whom) => `${who} deactivated ${whom}`,
  reactivated: (who, whom) => `${who} let ${whom} in again`,
  merged: (who, whom, { into }) => `${who} merged ${whom} into ${into ?? 'somebody else'}`,
  settings_changed: (who, _, details) => `${who} changed ${Object.entries(details).map(settingWords).join(', ')}`,
  import_started: (who, _, { fileName }) => `${who} began to import ${fileName}`,
};

function settingWords([name, value]: [string, AuditDetails[string]]): string {
  switch (name) {
    case 'name':
      return `the organisation’s name to ${value}`;
    case 'threadStarters':
      return `who may start threads to ${value === 'admins' ? 'owners and admins' : 'all members'}`;
    case 'receipts':
      return `read receipts to ${value === false ? 'off' : 'on'}`;
    case 'retentionDays':
      return `how long messages are kept: ${value === null ? 'for ever' : `${value} days`}`;
    default:
      return name;
  }
}

const roleWord = (value: AuditDetails[string] | undefined): string =>
  ROLES.some((role) => role === value) ? roleNames[value as Role] : 'somebody';
