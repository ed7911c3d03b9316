/** The scopes of Parley and how they are spelled. What each holds and who may read it: packages/sync/SPEC.md, Scopes. */
import type { ScopeId } from '@parley/sync/mutator';

export const threadScope = (threadId: string): ScopeId => `thread:${threadId}`;
/** Participants of a thread, with their public cards. */
export const threadPeopleScope = (threadId: string): ScopeId => `people.thread:${threadId}`;
/** How far each participant of a thread has read. */
export const receiptsScope = (threadId: string): ScopeId => `receipts.thread:${threadId}`;
/** The scopes that come and go with a thread, for the same readers. */
export const scopesOfThread = (threadId: string): ScopeId[] => [
  threadScope(threadId),
  threadPeopleScope(threadId),
  receiptsScope(threadId),
];
/** An organisation's notes inside a partner thread. */
export const notesScope = (threadId: string, orgId: string): ScopeId => `notes:${threadId}:${orgId}`;
export const userScope = (personId: string): ScopeId => `user:${personId}`;
export const orgScope = (orgId: string): ScopeId => `org:${orgId}`;
/** Directory of an organisation. */
export const orgPeopleScope = (orgId: string): ScopeId => `people.org:${orgId}`;

export type ScopeKind = 'thread' | 'people.thread' | 'receipts.thread' | 'notes' | 'user' | 'org' | 'people.org';
const kinds: ReadonlySet<string> = new Set<ScopeKind>([
  'thread',
  'people.thread',
  'receipts.thread',
  'notes',
  'user',
  'org',
  'people.org',
]);

/**
 * Splits a scope id into its kind and the ids in it; `undefined` for anything that is not a scope.
 *
 * `parseScope('thread:0198…')` → `{ kind: 'thread', ids: ['0198…'] }`
 */
export function parseScope(scope: ScopeId): { kind: ScopeKind; ids: string[] } | undefined {
  const [kind, ...ids] = scope.split(':');
  if (kind === undefined || !kinds.has(kind) || ids.length !== (kind === 'notes' ? 2 : 1)) return undefined;
  return ids.every((id) => uuid.test(id)) ? { kind: kind as ScopeKind, ids } : undefined;
}
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Scopes whose rows have places (`seq`) and come in windows and pages. */
export const isPaged = (scope: ScopeId): boolean => scope.startsWith('thread:') || scope.startsWith('notes:');
