/** Every table, as Kysely sees it. The truth is in the migrations. */
import type { AuditDetails } from '@parley/core/audit';
import type { GroupKind } from '@parley/core/groups';
import type { MessageRow } from '@parley/core/messages';
import type { NoteHeadRow } from '@parley/core/notes';
import type { Contact, PartnerRow } from '@parley/core/partners';
import type { PinsRow } from '@parley/core/pinned';
import type { PartnershipApproval, Role, ThreadStarters } from '@parley/core/organisations';
import type { PartnerState } from '@parley/core/partners';
import type { FollowLevel } from '@parley/core/thread-settings';
import type { ScheduledRow } from '@parley/core/scheduled';
import type { ThreadPermission } from '@parley/core/thread-orgs';
import type { ThreadRow } from '@parley/core/threads';
import type { ColumnType, Generated, JSONColumnType } from 'kysely';

type Time = ColumnType<Date, Date | string, Date | string>;
type TimeOrNull = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
type TimeNow = ColumnType<Date, Date | string | undefined, Date | string>;
type Json<T> = ColumnType<T, string, string>;
type JsonOrNull<T> = ColumnType<T | null, string | null | undefined, string | null>;

/** Of every synced table. In a tombstone (`deleted`) the content columns are null, whatever their types here say. */
interface Synced {
  version: number;
  deleted: Generated<boolean>;
}

export interface Database {
  installation: {
    one: Generated<boolean>;
    incarnation: Generated<string>;
    set_up_token_hash: string | null;
    created_at: TimeNow;
  };
  person: {
    id: string;
    name: string;
    placeholder: Generated<boolean>;
    merged_into: string | null;
    created_at: TimeNow;
  };
  auth_user: {
    id: string;
    name: string;
    email: string;
    email_verified: Generated<boolean>;
    image: string | null;
    created_at: TimeNow;
    updated_at: TimeNow;
  };
  auth_session: {
    id: string;
    user_id: string;
    token: string;
    expires_at: Time;
    ip_address: string | null;
    user_agent: string | null;
    /** Hash of the key that the browser must bring besides the cookie; `null` for programs. */
    key_hash: string | null;
    used_at: TimeNow;
    created_at: TimeNow;
    updated_at: TimeNow;
  };
  auth_account: {
    id: string;
    account_id: string;
    provider_id: string;
    user_id: string;
    access_token: string | null;
    refresh_token: string | null;
    id_token: string | null;
    access_token_expires_at: TimeOrNull;
    refresh_token_expires_at: TimeOrNull;
    scope: string | null;
    password: string | null;
    created_at: TimeNow;
    updated_at: TimeNow;
  };
  auth_verification: {
    id: string;
    identifier: string;
    value: string;
    expires_at: Time;
    created_at: TimeNow;
    updated_at: TimeNow;
  };
  two_step: {
    person_id: string;
    /** Encrypted. */
    secret: string;
    last_step: Generated<number>;
    confirmed_at: TimeOrNull;
    created_at: TimeNow;
  };
  recovery_code: { person_id: string; code_hash: string };
  passkey: {
    /** The credential's own, base64url. */
    id: string;
    person_id: string;
    name: string;
    public_key: Buffer;
    counter: number;
    transports: string[];
    synced: boolean;
    created_at: TimeNow;
    used_at: TimeOrNull;
  };
  invitation: {
    id: string;
    org_id: string;
    email: string;
    role: Role;
    token_hash: string;
    invited_by: string | null;
    created_at: TimeNow;
    expires_at: Time;
    accepted_at: TimeOrNull;
    accepted_by: string | null;
    revoked_at: TimeOrNull;
    /** Until then a worker is at it, or died at it. */
    mail_claimed_until: TimeOrNull;
    mailed_at: TimeOrNull;
    /** The thread that a guest is invited to. */
    thread_id: string | null;
  };
  partnership_invitation: {
    id: string;
    /** Who invites. */
    org_id: string;
    email: string;
    token_hash: string;
    invited_by: string;
    created_at: TimeNow;
    expires_at: Time;
    revoked_at: TimeOrNull;
    accepted_at: TimeOrNull;
    accepted_by: string | null;
    accepted_org: string | null;
    approved_at: TimeOrNull;
    declined_at: TimeOrNull;
    decided_by: string | null;
    /** Until then a worker is at it, or died at it. */
    mail_claimed_until: TimeOrNull;
    mailed_at: TimeOrNull;
  };
  audit_event: {
    id: Generated<number>;
    org_id: string;
    at: TimeNow;
    kind: string;
    actor_id: string | null;
    subject_id: string | null;
    details: Json<AuditDetails>;
    ip_address: string | null;
    user_agent: string | null;
  };
  last_seen: {
    /** Of the room. */
    scope: string;
    person_id: string;
    at: Time;
  };
  legal_hold: {
    id: string;
    org_id: string;
    reason: string;
    placed_by: string;
    placed_at: Time;
    lifted_by: string | null;
    lifted_at: TimeOrNull;
  };
  slack_import: {
    id: string;
    org_id: string;
    started_by: string;
    file_name: string;
    bytes: number;
    received: Generated<number>;
    with_direct_messages: boolean;
    state: Generated<'uploading' | 'running' | 'done' | 'failed'>;
    progress: JsonOrNull<{ stage: 'reading' | 'writing'; done: number; total: number }>;
    /** Counts as the import reports them. */
    report: JsonOrNull<object>;
    /** Why it failed, in words for the person who began it. */
    refusal: string | null;
    created_at: TimeNow;
    updated_at: TimeNow;
  };
  sync_scope: {
    id: string;
    home_org: string | null;
    version: Generated<number>;
    seq: Generated<number>;
    floor: Generated<number>;
  };
  sync_tombstone: { scope: string; version: number; created_at: TimeNow };
  sync_client: { id: string; person_id: string; created_at: TimeNow };
  sync_lane: { client_id: string; lane: string; last_n: number };
  mutation_result: {
    person_id: string;
    id: string;
    client_id: string;
    lane: string;
    n: number;
    status: 'applied' | 'rejected';
    code: string | null;
    message: string | null;
    effects: JSONColumnType<{ scope: string; version: number }[]> | null;
    created_at: TimeNow;
  };
  job: { id: Generated<number>; kind: string; payload: Json<object>; created_at: TimeNow };
  org: Synced & {
    id: string;
    name: string;
    thread_starters: ThreadStarters;
    receipts: boolean | null;
    retention_days: number | null;
    partnership_approval: PartnershipApproval | null;
    created_at: Time;
  };
  team: Synced & { org_id: string; id: string; name: string; member_ids: Json<string[]>; created_at: Time };
  partner: Synced & {
    org_id: string;
    partner_id: string;
    name: string;
    contacts: Json<Contact[]>;
    since: Time;
    suspended_by: Json<string[]>;
    ended: Json<NonNullable<PartnerRow['ended']>> | null;
  };
  org_person: Synced & {
    org_id: string;
    person_id: string;
    name: string;
    email: string | null;
    role: Role;
    placeholder: boolean;
    active: boolean;
    joined_at: Time;
  };
  membership: Synced & {
    person_id: string;
    org_id: string;
    role: Role;
    active: boolean;
    epoch: number;
    joined_at: Time;
  };
  thread: Synced & {
    home_org: string;
    id: string;
    subject: string;
    kind: ThreadRow['kind'];
    created_by: string;
    created_at: Time;
    last_seq: number;
    last_message: JsonOrNull<NonNullable<ThreadRow['lastMessage']>>;
    resolved: JsonOrNull<NonNullable<ThreadRow['resolved']>>;
    continued_from: string | null;
  };
  participant: Synced & {
    home_org: string;
    thread_id: string;
    person_id: string;
    name: string;
    acting_org: string;
    placeholder: boolean;
    joined_at: Time;
    left_at: TimeOrNull;
    via: JsonOrNull<string[]>;
  };
  thread_group: Synced & {
    home_org: string;
    thread_id: string;
    id: string;
    kind: GroupKind;
    org_id: string;
    name: string;
    added_at: Time;
  };
  thread_org: Synced & {
    home_org: string;
    thread_id: string;
    org_id: string;
    name: string;
    state: PartnerState;
    permission: ThreadPermission;
    added_at: Time;
  };
  participation: Synced & {
    person_id: string;
    thread_id: string;
    acting_org: string;
    epoch: number;
    joined_at: Time;
    left_at: TimeOrNull;
  };
  receipt: Synced & { home_org: string; thread_id: string; person_id: string; up_to: number };
  read_position: Synced & {
    person_id: string;
    thread_id: string;
    seq: number;
    note_seq: number;
    mark_epoch: number;
  };
  thread_setting: Synced & {
    person_id: string;
    thread_id: string;
    level: FollowLevel;
    archived_seq: number | null;
    pinned_at: TimeOrNull;
  };
  draft: Synced & {
    person_id: string;
    id: string;
    thread_id: string;
    root_id: string | null;
    kind: 'note' | null;
    generation: number;
    updates: Json<string[]>;
    text: string;
    written_at: Time;
  };
  person_settings: Synced & {
    person_id: string;
    undo_seconds: number;
    name: string | null;
    receipts: boolean | null;
    invisible: boolean | null;
    do_not_disturb_until: number | null;
  };
  scheduled: Synced & {
    person_id: string;
    id: string;
    thread_id: string;
    reply_to: string | null;
    text: string;
    due_at: Time;
    created_at: Time;
    failure: JsonOrNull<NonNullable<ScheduledRow['failure']>>;
  };
  saved_message: Synced & {
    person_id: string;
    message_id: string;
    thread_id: string;
    place: number;
    saved_at: Time;
  };
  thread_pins: Synced & { home_org: string; thread_id: string; pins: Json<PinsRow['pins']> };
  message: Synced & {
    home_org: string;
    thread_id: string;
    id: string;
    seq: number;
    kind: MessageRow['kind'];
    author_id: string | null;
    author_org: string | null;
    owner_org: string;
    text: string;
    reply_to: string | null;
    mentions: Json<string[]>;
    reactions: Json<Record<string, string[]>>;
    notice: JsonOrNull<NonNullable<MessageRow['notice']>>;
    forwarded: JsonOrNull<NonNullable<MessageRow['forwarded']>>;
    created_at: Time;
    edited_at: TimeOrNull;
    revisions: number;
    deleted_at: TimeOrNull;
  };
  revision: Synced & {
    home_org: string;
    thread_id: string;
    id: string;
    seq: number;
    message_id: string;
    text: string;
    written_at: Time;
  };
  note_head: Synced & {
    home_org: string;
    thread_id: string;
    org_id: string;
    last_seq: number;
    last_note: Json<NoteHeadRow['lastNote']>;
  };
  note: Database['message'] & { org_id: string; after_seq: number };
  note_revision: Database['revision'] & { org_id: string };
}
