/** Making what was read unread again. */
import { threadScope, userScope } from '@parley/core/scopes';
import { announce, notify } from '@parley/ui';
import { attempt } from '../sync/attempt.ts';
import type { ParleyEngine } from '../sync/engine-provider.tsx';
import { countsAsUnread } from './unread.ts';

interface MarkingParts {
  engine: ParleyEngine;
  personId: string;
  threadId: string;
}

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
