/** Making what was read unread again. */
import { notesScope, threadScope, userScope } from '@parley/core/scopes';
import { announce, notify } from '@parley/ui';
import { attempt } from '../sync/attempt.ts';
import type { ParleyEngine } from '../sync/engine-provider.tsx';
import { countsAsUnread } from '@parley/core/unread';

export interface MarkingParts {
  engine: ParleyEngine;
  personId: string;
  threadId: string;
}

/** Pages of messages that are looked through for the last one of somebody else. */
const PAGES = 5;

/** Everything of others from a place on is unread; says so where there is nothing of others. The thread is open. */
export async function markUnreadFrom(parts: MarkingParts, seq: number): Promise<void> {
  const { engine, personId, threadId } = parts;
  const scope = threadScope(threadId);
  const counting = engine
    .rows(scope, 'message')
    .some(({ data }) => (data.seq ?? 0) >= seq && countsAsUnread(data, personId));
  if (!counting) {
    notify('Nothing of others follows here, so there is nothing to mark unread.');
    return;
  }
  const markEpoch = (engine.row(userScope(personId), 'readPosition', threadId)?.data.markEpoch ?? 0) + 1;
  if (await attempt(engine.mutate('markUnread', { threadId, seq, markEpoch }))) announce('Marked unread');
}

/** The last message of somebody else is unread again. */
export async function markThreadUnread(parts: MarkingParts): Promise<void> {
  const { engine, personId, threadId } = parts;
  const scope = threadScope(threadId);
  const last = () =>
    engine.rows(scope, 'message').findLast(({ data }) => data.seq !== null && countsAsUnread(data, personId))?.data.seq;
  const close = engine.open(scope);
  try {
    await loaded(engine, scope);
    for (let page = 0; page < PAGES && last() === undefined; page += 1) {
      const { complete, unreachable } = engine.window(scope);
      if (complete || unreachable) break;
      await engine.loadOlder(scope);
    }
    await markUnreadFrom(parts, last() ?? Number.MAX_SAFE_INTEGER);
  } finally {
    close();
  }
}

/** Everything is read. */
export async function markThreadRead({ engine, personId, threadId }: MarkingParts): Promise<void> {
  const seq = engine.row(threadScope(threadId), 'thread', threadId)?.data.lastSeq ?? 0;
  const own = userScope(personId);
  const markEpoch = engine.row(own, 'readPosition', threadId)?.data.markEpoch ?? 0;
  const orgId = engine.row(own, 'participation', threadId)?.data.actingOrg ?? '';
  const noteSeq = engine.row(notesScope(threadId, orgId), 'noteHead', threadId)?.data.lastSeq ?? 0;
  if (await attempt(engine.mutate('markRead', { threadId, seq, noteSeq, markEpoch }))) announce('Marked read');
}

/** What this device holds of an opened thread is read from disk. */
function loaded(engine: ParleyEngine, scope: string): Promise<void> {
  return new Promise((resolve) => {
    let stop = () => {};
    const look = () => {
      if (engine.window(scope).loading) return;
      stop();
      resolve();
    };
    stop = engine.subscribeWindow(scope, look);
    look();
  });
}
