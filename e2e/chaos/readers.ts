/** Who could read a scope as of each of its versions, worked out from what threads say about themselves. */
import { parseScope } from '@parley/core/scopes';
import type { FinalRead } from './history.ts';

export interface Readers {
  /** Whether the scope was the person's to read as of this version of it. */
  mayRead(scope: string, personId: string, version: number): boolean;
  /** Takes part in the thread in the end. */
  isNow(threadId: string, personId: string): boolean;
  /** Was not in the thread at some time of its life. */
  wasEverOut(threadId: string, personId: string): boolean;
}

/** A change of who takes part, which every thread tells of itself in a notice. */
interface Change {
  version: number;
  added: boolean;
  personIds: ReadonlySet<string>;
}

const known = new WeakMap<FinalRead, Readers>();

export function readReaders(database: FinalRead): Readers {
  const before = known.get(database);
  if (before) return before;
  const readers = workOut(database);
  known.set(database, readers);
  return readers;
}

function workOut({ messages, participants, members }: FinalRead): Readers {
  const changes = new Map<string, Change[]>();
  for (const { threadId, version, notice } of messages.toSorted((a, b) => a.seq - b.seq)) {
    if (notice?.type !== 'added' && notice?.type !== 'removed') continue;
    const change = { version, added: notice.type === 'added', personIds: new Set(notice.personIds) };
    changes.set(threadId, [...(changes.get(threadId) ?? []), change]);
  }
  const people = new Set(participants.map(({ threadId, personId }) => `${threadId} ${personId}`));
  const memberships = new Set(members.map(({ orgId, personId }) => `${orgId} ${personId}`));

  const changesOf = (threadId: string, personId: string): Change[] =>
    (changes.get(threadId) ?? []).filter(({ personIds }) => personIds.has(personId));
  /** @param until counts a change in */
  const takesPart = (threadId: string, personId: string, until: (change: Change) => boolean): boolean => {
    if (!people.has(`${threadId} ${personId}`)) return false;
    const own = changesOf(threadId, personId);
    // Whoever was never added was there from the beginning.
    const atFirst = own[0]?.added !== true;
    return own.filter(until).at(-1)?.added ?? atFirst;
  };
  return {
    mayRead(scope, personId, version) {
      const { kind, ids: [id = ''] = [] } = parseScope(scope) ?? {};
      switch (kind) {
        case 'user':
          return id === personId;
        case 'org':
        case 'people.org':
          return memberships.has(`${id} ${personId}`);
        case 'thread':
          return takesPart(id, personId, (change) => change.version <= version);
        case 'people.thread': {
          // Its first version is the thread's making; every change after it is told of in a notice.
          const told = new Set((changes.get(id) ?? []).slice(0, version - 1));
          return takesPart(id, personId, (change) => told.has(change));
        }
        case 'receipts.thread':
          // Its versions count readings, and say nothing of who came or went.
          return people.has(`${id} ${personId}`);
        case 'notes':
        case undefined:
          return false;
      }
    },
    isNow: (threadId, personId) => takesPart(threadId, personId, () => true),
    wasEverOut: (threadId, personId) => changesOf(threadId, personId).length > 0,
  };
}
