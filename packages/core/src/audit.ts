/** What the audit log of an organisation tells: each act of whoever looks after it, and each way in that was tried. */

/** Each kind of event, with those that are looked for together. */
export const AUDIT_GROUPS = {
  accounts: [
    'signed_in',
    'second_step_failed',
    'password_changed',
    'password_reset',
    'passkey_added',
    'passkey_removed',
    'two_step_on',
    'two_step_off',
    'recovery_codes_renewed',
    'reset_link_made',
    'device_signed_out',
    'signed_out',
  ],
  invitations: ['invited', 'invitation_withdrawn', 'invitation_accepted'],
  people: ['role_changed', 'deactivated', 'reactivated', 'merged'],
  partners: [
    'partner_invited',
    'partner_invitation_withdrawn',
    'partner_accepted',
    'partner_approved',
    'partner_declined',
    'partner_contacts_changed',
    'partner_suspended',
    'partner_resumed',
    'partner_ended',
  ],
  settings: [
    'organisation_made',
    'settings_changed',
    'hold_placed',
    'hold_lifted',
    'import_started',
    'exported',
    'demo_made',
    'demo_removed',
  ],
} as const;
export type AuditGroup = keyof typeof AUDIT_GROUPS;

export const AUDIT_KINDS = Object.values(AUDIT_GROUPS).flat();
export type AuditKind = (typeof AUDIT_KINDS)[number];

/** Particulars of an event, such as `{ email, role }` of an invitation. */
export type AuditDetails = Readonly<Record<string, string | number | boolean | null>>;
