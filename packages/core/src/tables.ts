/** Every synced table and the shape of its rows' data: what travels, what the client keeps, what mutators read and write. */
import type { DraftRow } from './drafts.ts';
import type { GroupRow } from './groups.ts';
import type { MembershipRow, OrgRow, PersonRow } from './organisations.ts';
import type { MessageRow, RevisionRow } from './messages.ts';
import type { NoteHeadRow, NoteRow } from './notes.ts';
import type { ScheduledRow } from './scheduled.ts';
import type { ReceiptRow } from './receipts.ts';
import type { ThreadSettingRow } from './thread-settings.ts';
import type { SettingsRow } from './settings.ts';
import type { PartnerRow } from './partners.ts';
import type { PinsRow } from './pinned.ts';
import type { SavedRow } from './saved.ts';
import type { TeamRow } from './teams.ts';
import type { ThreadOrgRow } from './thread-orgs.ts';
import type { ParticipantRow, ParticipationRow, ReadPositionRow, ThreadRow } from './threads.ts';

/**
 * Which shape the rows have. Raised when a client of the release before could no longer read them; the server then keeps
 * a translation for it. A new table, or a new field that may be absent, needs nothing.
 */
export const SCHEMA = 1;

export type Tables = {
  /** In `org:O`, id = organisation. */
  org: OrgRow;
  /** In `org:O`. */
  team: TeamRow;
  /** In `org:O`, id = the other organisation. */
  partner: PartnerRow;
  /** In `people.org:O`, id = person. */
  person: PersonRow;
  /** In `user:U`, id = organisation. */
  membership: MembershipRow;
  /** In `thread:T`, id = thread: its head. */
  thread: ThreadRow;
  /** In `people.thread:T`, id = person. */
  participant: ParticipantRow;
  /** In `people.thread:T`, id = organisation or team. */
  group: GroupRow;
  /** In `people.thread:T`, id = organisation; only in external threads. */
  threadOrg: ThreadOrgRow;
  /** In `receipts.thread:T`, id = person. */
  receipt: ReceiptRow;
  /** In `user:U`, id = thread. */
  participation: ParticipationRow;
  /** In `user:U`, id = thread. */
  readPosition: ReadPositionRow;
  /** In `user:U`, id = thread; where there is none, `usualSetting`. */
  threadSetting: ThreadSettingRow;
  /** In `user:U`, id = `draftId`. */
  draft: DraftRow;
  /** In `user:U`, id = the message it becomes. */
  scheduled: ScheduledRow;
  /** In `user:U`, id = person. */
  settings: SettingsRow;
  /** In `user:U`, id = message. */
  saved: SavedRow;
  /** In `thread:T`, id = thread. */
  pins: PinsRow;
  /** In `thread:T`, paged. */
  message: MessageRow;
  /** In `thread:T`, paged with the message it belongs to; id = `<message>.<n>`. */
  revision: RevisionRow;
  /** In `notes:T:O`, id = thread. */
  noteHead: NoteHeadRow;
  /** In `notes:T:O`, paged. */
  note: NoteRow;
  /** In `notes:T:O`, paged with the note it belongs to; id = `<note>.<n>`. */
  noteRevision: RevisionRow;
};
export type TableName = keyof Tables;
