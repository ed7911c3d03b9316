/** What the audit log of an organisation tells: each act of whoever looks after it, and each way in that was tried. */

export const AUDIT_KINDS = [
  'signed_in',
  'second_step_failed',
  'password_changed',
  'password_reset',
  'device_signed_out',
  'invited',
  'invitation_withdrawn',
  'invitation_accepted',
  'role_changed',
  'deactivated',
  'reactivated',
  'merged',
  'settings_changed',
  'import_started',
] as const;
export type AuditKind = (typeof AUDIT_KINDS)[number];

/** Particulars of an event, such as `{ email, role }` of an invitation. */
export type AuditDetails = Readonly<Record<string, string | number | boolean | null>>;
