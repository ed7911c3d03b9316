/**
 * A messenger small enough to be simulated thousands of times a minute: threads with messages, edits, likes, pins and
 * counts, people who come and go, read positions and drafts; notes that only those see who act for one organisation. It
 * uses every ability of the engine and nothing else. What people can do in it: `mutators.ts`.
 */
import type { PagedRow, ScopeId } from '../../mutator.ts';
import type { WireRow } from '../../protocol.ts';

export interface Tables extends Record<string, object> {
  /** In `user:P`, by thread; with the organisation acted for there. */
  membership: { active: boolean; epoch: number; org?: string };
  /** In `user:P`, by thread. */
  position: { seq: number };
  draft: { text: string };
  /** In `people:T`, by person; with the organisation acted for. */
  participant: { active: boolean; org?: string };
  head: { last: number };
  message: MessageRow;
  pin: { by: string };
  /** Acts that each add one token: one that is done twice is there twice. */
  tally: { tokens: string[] };
  /** In `notes:T:O`. */
  noteHead: { last: number };
  note: NoteRow;
}

export interface MessageRow extends PagedRow {
  author: string;
  text: string;
  /** Counts its edits. */
  rev: number;
  likes: string[];
  /** What clients of the release before do not know. */
  tag?: string;
}

export interface NoteRow extends MessageRow {
  /** Place of the thread's newest message when it was written. */
  afterSeq: number;
}

/** Organisations whose people meet in a thread. */
export const ORGS = ['acme', 'beta'] as const;

export const threadScope = (thread: string): ScopeId => `thread:${thread}`;
export const peopleScope = (thread: string): ScopeId => `people:${thread}`;
export const userScope = (person: string): ScopeId => `user:${person}`;
export const notesScope = (thread: string, org: string): ScopeId => `notes:${thread}:${org}`;
/** The notes that somebody does not read who acts for this organisation, or for none. */
export const othersNotes = (thread: string, own: string | undefined): ScopeId[] =>
  ORGS.filter((org) => org !== own).map((org) => notesScope(thread, org));
/** @returns kind, id, and of notes the organisation */
export const parseScope = (scope: ScopeId): [kind: string, id: string, org?: string] => {
  const [kind = '', id = '', org] = scope.split(':');
  return org === undefined ? [kind, id] : [kind, id, org];
};

const isNotes = (scope: ScopeId): boolean => scope.startsWith('notes:');
export const isPaged = (scope: ScopeId): boolean => scope.startsWith('thread:') || isNotes(scope);
/** What has places in a paged scope. */
export const pagedTable = (scope: ScopeId): 'message' | 'note' => (isNotes(scope) ? 'note' : 'message');
export const residentTables = ['membership', 'position', 'draft', 'participant', 'head', 'noteHead', 'tally'] as const;
/** Places of every thread that a device keeps. */
export const PLACES_KEPT = 40;

export function follow(
  personId: string,
  rows: { all<T extends keyof Tables & string>(table: T): { scope: ScopeId; id: string; data: Tables[T] }[] },
): { scope: ScopeId; low?: number; urgent: boolean }[] {
  const heads = [...rows.all('head'), ...rows.all('noteHead')];
  const last = new Map(heads.map(({ scope, data }) => [scope, data.last]));
  const window = (scope: ScopeId) => ({ scope, low: Math.max(1, (last.get(scope) ?? 0) - PLACES_KEPT + 1) });
  const memberships = rows.all('membership').filter(({ scope, data }) => scope === userScope(personId) && data.active);
  const notes = memberships.flatMap(({ id, data: { org } }) => (org === undefined ? [] : [notesScope(id, org)]));
  return [
    { scope: userScope(personId), urgent: true },
    ...memberships.map(({ id }) => ({ ...window(threadScope(id)), urgent: true })),
    ...notes.map((scope) => ({ ...window(scope), urgent: false })),
    ...memberships.map(({ id }) => ({ scope: peopleScope(id), urgent: false })),
  ];
}

/** The shape of rows that clients of the release before read. */
export function toFirstSchema([table, id, version, data]: WireRow): WireRow {
  if (table !== 'message' || !data) return [table, id, version, data];
  const { tag: _, ...rest } = data as MessageRow;
  return [table, id, version, rest];
}
