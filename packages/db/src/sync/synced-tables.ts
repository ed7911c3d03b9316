/** How each synced table of `core` lies in SQL. Everything else in this folder is worked out from here. */
import type { ScopeKind } from '@parley/core/scopes';
import type { TableName, Tables } from '@parley/core/tables';

export type SqlType = 'text' | 'uuid' | 'boolean' | 'bigint' | 'timestamptz' | 'jsonb';
type Column = readonly [column: string, type: SqlType];

export interface SyncedTable {
  /** Its SQL name. */
  sql: string;
  scopeKind: ScopeKind;
  /** Columns with the ids that the scope is named after, in their order. */
  scopeColumns: readonly string[];
  /** Column with the row's id; may be one of them. */
  idColumn: string;
  idType: 'uuid' | 'text';
  /** Led by the home organisation of its thread. */
  isOfThread: boolean;
  /** Its rows have places in the scope. */
  hasSeq: boolean;
  /** Fields of the data as they travel, and where each is kept. */
  fields: Readonly<Record<string, Column>>;
}

type Mapping = { [T in TableName]: SyncedTable & { fields: { [F in keyof Tables[T]]-?: Column } } };

const directory = { isOfThread: false, hasSeq: false, idType: 'uuid' } as const;
const inThread = {
  isOfThread: true,
  hasSeq: true,
  scopeKind: 'thread',
  scopeColumns: ['thread_id'],
  idColumn: 'id',
} as const;
const inNotes = { ...inThread, scopeKind: 'notes', scopeColumns: ['thread_id', 'org_id'] } as const;

const messageFields = {
  seq: ['seq', 'bigint'],
  kind: ['kind', 'text'],
  authorId: ['author_id', 'uuid'],
  authorOrg: ['author_org', 'uuid'],
  ownerOrg: ['owner_org', 'uuid'],
  text: ['text', 'text'],
  replyTo: ['reply_to', 'uuid'],
  mentions: ['mentions', 'jsonb'],
  reactions: ['reactions', 'jsonb'],
  notice: ['notice', 'jsonb'],
  forwarded: ['forwarded', 'jsonb'],
  createdAt: ['created_at', 'timestamptz'],
  editedAt: ['edited_at', 'timestamptz'],
  revisions: ['revisions', 'bigint'],
  deletedAt: ['deleted_at', 'timestamptz'],
} as const;
const revisionFields = {
  seq: ['seq', 'bigint'],
  messageId: ['message_id', 'uuid'],
  text: ['text', 'text'],
  writtenAt: ['written_at', 'timestamptz'],
} as const;

export const syncedTables: Mapping = {
  org: {
    ...directory,
    sql: 'org',
    scopeKind: 'org',
    scopeColumns: ['id'],
    idColumn: 'id',
    fields: {
      name: ['name', 'text'],
      threadStarters: ['thread_starters', 'text'],
      receipts: ['receipts', 'boolean'],
      retentionDays: ['retention_days', 'bigint'],
      partnershipApproval: ['partnership_approval', 'text'],
      createdAt: ['created_at', 'timestamptz'],
    },
  },
  team: {
    ...directory,
    sql: 'team',
    scopeKind: 'org',
    scopeColumns: ['org_id'],
    idColumn: 'id',
    fields: { name: ['name', 'text'], memberIds: ['member_ids', 'jsonb'], createdAt: ['created_at', 'timestamptz'] },
  },
  partner: {
    ...directory,
    sql: 'partner',
    scopeKind: 'org',
    scopeColumns: ['org_id'],
    idColumn: 'partner_id',
    fields: {
      name: ['name', 'text'],
      contacts: ['contacts', 'jsonb'],
      since: ['since', 'timestamptz'],
      suspendedBy: ['suspended_by', 'jsonb'],
      ended: ['ended', 'jsonb'],
    },
  },
  person: {
    ...directory,
    sql: 'org_person',
    scopeKind: 'people.org',
    scopeColumns: ['org_id'],
    idColumn: 'person_id',
    fields: {
      name: ['name', 'text'],
      email: ['email', 'text'],
      role: ['role', 'text'],
      placeholder: ['placeholder', 'boolean'],
      active: ['active', 'boolean'],
      joinedAt: ['joined_at', 'timestamptz'],
    },
  },
  membership: {
    ...directory,
    sql: 'membership',
    scopeKind: 'user',
    scopeColumns: ['person_id'],
    idColumn: 'org_id',
    fields: {
      role: ['role', 'text'],
      active: ['active', 'boolean'],
      epoch: ['epoch', 'bigint'],
      joinedAt: ['joined_at', 'timestamptz'],
    },
  },
  thread: {
    sql: 'thread',
    scopeKind: 'thread',
    scopeColumns: ['id'],
    idColumn: 'id',
    idType: 'uuid',
    isOfThread: true,
    hasSeq: false,
    fields: {
      homeOrg: ['home_org', 'uuid'],
      subject: ['subject', 'text'],
      kind: ['kind', 'text'],
      createdBy: ['created_by', 'uuid'],
      createdAt: ['created_at', 'timestamptz'],
      lastSeq: ['last_seq', 'bigint'],
      lastMessage: ['last_message', 'jsonb'],
      resolved: ['resolved', 'jsonb'],
      continuedFrom: ['continued_from', 'uuid'],
    },
  },
  participant: {
    sql: 'participant',
    scopeKind: 'people.thread',
    scopeColumns: ['thread_id'],
    idColumn: 'person_id',
    idType: 'uuid',
    isOfThread: true,
    hasSeq: false,
    fields: {
      name: ['name', 'text'],
      actingOrg: ['acting_org', 'uuid'],
      placeholder: ['placeholder', 'boolean'],
      joinedAt: ['joined_at', 'timestamptz'],
      leftAt: ['left_at', 'timestamptz'],
      via: ['via', 'jsonb'],
    },
  },
  group: {
    sql: 'thread_group',
    scopeKind: 'people.thread',
    scopeColumns: ['thread_id'],
    idColumn: 'id',
    idType: 'uuid',
    isOfThread: true,
    hasSeq: false,
    fields: {
      kind: ['kind', 'text'],
      orgId: ['org_id', 'uuid'],
      name: ['name', 'text'],
      addedAt: ['added_at', 'timestamptz'],
    },
  },
  threadOrg: {
    sql: 'thread_org',
    scopeKind: 'people.thread',
    scopeColumns: ['thread_id'],
    idColumn: 'org_id',
    idType: 'uuid',
    isOfThread: true,
    hasSeq: false,
    fields: {
      name: ['name', 'text'],
      state: ['state', 'text'],
      permission: ['permission', 'text'],
      addedAt: ['added_at', 'timestamptz'],
    },
  },
  receipt: {
    sql: 'receipt',
    scopeKind: 'receipts.thread',
    scopeColumns: ['thread_id'],
    idColumn: 'person_id',
    idType: 'uuid',
    isOfThread: true,
    hasSeq: false,
    fields: { upTo: ['up_to', 'bigint'] },
  },
  participation: {
    ...directory,
    sql: 'participation',
    scopeKind: 'user',
    scopeColumns: ['person_id'],
    idColumn: 'thread_id',
    fields: {
      actingOrg: ['acting_org', 'uuid'],
      epoch: ['epoch', 'bigint'],
      joinedAt: ['joined_at', 'timestamptz'],
      leftAt: ['left_at', 'timestamptz'],
    },
  },
  readPosition: {
    ...directory,
    sql: 'read_position',
    scopeKind: 'user',
    scopeColumns: ['person_id'],
    idColumn: 'thread_id',
    fields: { seq: ['seq', 'bigint'], noteSeq: ['note_seq', 'bigint'], markEpoch: ['mark_epoch', 'bigint'] },
  },
  threadSetting: {
    ...directory,
    sql: 'thread_setting',
    scopeKind: 'user',
    scopeColumns: ['person_id'],
    idColumn: 'thread_id',
    fields: {
      level: ['level', 'text'],
      archivedSeq: ['archived_seq', 'bigint'],
      pinnedAt: ['pinned_at', 'timestamptz'],
    },
  },
  draft: {
    ...directory,
    sql: 'draft',
    scopeKind: 'user',
    scopeColumns: ['person_id'],
    idColumn: 'id',
    idType: 'text',
    fields: {
      threadId: ['thread_id', 'uuid'],
      rootId: ['root_id', 'uuid'],
      kind: ['kind', 'text'],
      generation: ['generation', 'bigint'],
      updates: ['updates', 'jsonb'],
      text: ['text', 'text'],
      at: ['written_at', 'timestamptz'],
    },
  },
  settings: {
    ...directory,
    sql: 'person_settings',
    scopeKind: 'user',
    scopeColumns: ['person_id'],
    idColumn: 'person_id',
    fields: {
      undoSeconds: ['undo_seconds', 'bigint'],
      name: ['name', 'text'],
      receipts: ['receipts', 'boolean'],
      invisible: ['invisible', 'boolean'],
      doNotDisturbUntil: ['do_not_disturb_until', 'bigint'],
    },
  },
  scheduled: {
    ...directory,
    sql: 'scheduled',
    scopeKind: 'user',
    scopeColumns: ['person_id'],
    idColumn: 'id',
    fields: {
      threadId: ['thread_id', 'uuid'],
      replyTo: ['reply_to', 'uuid'],
      text: ['text', 'text'],
      dueAt: ['due_at', 'timestamptz'],
      createdAt: ['created_at', 'timestamptz'],
      failure: ['failure', 'jsonb'],
    },
  },
  saved: {
    ...directory,
    sql: 'saved_message',
    scopeKind: 'user',
    scopeColumns: ['person_id'],
    idColumn: 'message_id',
    fields: {
      threadId: ['thread_id', 'uuid'],
      place: ['place', 'bigint'],
      savedAt: ['saved_at', 'timestamptz'],
    },
  },
  pins: {
    sql: 'thread_pins',
    scopeKind: 'thread',
    scopeColumns: ['thread_id'],
    idColumn: 'thread_id',
    idType: 'uuid',
    isOfThread: true,
    hasSeq: false,
    fields: { pins: ['pins', 'jsonb'] },
  },
  message: { ...inThread, sql: 'message', idType: 'uuid', fields: messageFields },
  revision: { ...inThread, sql: 'revision', idType: 'text', fields: revisionFields },
  noteHead: {
    ...inNotes,
    sql: 'note_head',
    idColumn: 'thread_id',
    idType: 'uuid',
    hasSeq: false,
    fields: { lastSeq: ['last_seq', 'bigint'], lastNote: ['last_note', 'jsonb'] },
  },
  note: {
    ...inNotes,
    sql: 'note',
    idType: 'uuid',
    fields: { ...messageFields, afterSeq: ['after_seq', 'bigint'] },
  },
  noteRevision: { ...inNotes, sql: 'note_revision', idType: 'text', fields: revisionFields },
};

export const syncedTableNames = Object.keys(syncedTables) as TableName[];

export function mustSynced(name: string): SyncedTable {
  if (!Object.hasOwn(syncedTables, name)) throw new Error(`${name} is not a synced table`);
  return syncedTables[name as TableName];
}
