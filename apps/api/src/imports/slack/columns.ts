/** The columns an import fills, with their SQL types; all others keep their defaults. */

export const PERSON_COLUMNS = { id: 'uuid', name: 'text', placeholder: 'boolean' } as const;
export const ORG_PERSON_COLUMNS = {
  org_id: 'uuid',
  person_id: 'uuid',
  name: 'text',
  email: 'text',
  role: 'text',
  placeholder: 'boolean',
  active: 'boolean',
  joined_at: 'timestamptz',
  version: 'bigint',
} as const;
export const MEMBERSHIP_COLUMNS = {
  person_id: 'uuid',
  org_id: 'uuid',
  role: 'text',
  active: 'boolean',
  epoch: 'bigint',
  joined_at: 'timestamptz',
  version: 'bigint',
} as const;
export const MESSAGE_COLUMNS = {
  home_org: 'uuid',
  thread_id: 'uuid',
  id: 'uuid',
  seq: 'bigint',
  kind: 'text',
  author_id: 'uuid',
  author_org: 'uuid',
  owner_org: 'uuid',
  text: 'text',
  reply_to: 'uuid',
  mentions: 'jsonb',
  reactions: 'jsonb',
  created_at: 'timestamptz',
  edited_at: 'timestamptz',
  revisions: 'bigint',
  version: 'bigint',
} as const;
export const PARTICIPANT_COLUMNS = {
  home_org: 'uuid',
  thread_id: 'uuid',
  person_id: 'uuid',
  name: 'text',
  acting_org: 'uuid',
  placeholder: 'boolean',
  joined_at: 'timestamptz',
  version: 'bigint',
} as const;
export const PARTICIPATION_COLUMNS = {
  person_id: 'uuid',
  thread_id: 'uuid',
  acting_org: 'uuid',
  epoch: 'bigint',
  joined_at: 'timestamptz',
  version: 'bigint',
} as const;
export const READ_POSITION_COLUMNS = {
  person_id: 'uuid',
  thread_id: 'uuid',
  seq: 'bigint',
  note_seq: 'bigint',
  mark_epoch: 'bigint',
  version: 'bigint',
} as const;
