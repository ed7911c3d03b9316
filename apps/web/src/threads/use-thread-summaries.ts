import { useMemo, useSyncExternalStore } from 'react';
import { useEngine, usePersonId, type ParleyEngine } from '../sync/engine-provider.tsx';
import { useAllRows, useFailedItems } from '../sync/views.ts';
import { threadSummaries, type ThreadSummary } from './thread-summaries.ts';
import { createUnreadCounts, type UnreadCounts } from './unread-counts.ts';

/** One count of an engine, whoever looks at it. */
const countsByEngine = new WeakMap<ParleyEngine, UnreadCounts>();

function countsOf(engine: ParleyEngine, personId: string): UnreadCounts {
  const counts = countsByEngine.get(engine) ?? createUnreadCounts(engine, personId);
  countsByEngine.set(engine, counts);
  return counts;
}

/** The threads of the signed-in person, of all organisations. */
export function useThreadSummaries(): readonly ThreadSummary[] {
  const counts = countsOf(useEngine(), usePersonId());
  const unreadByThreadId = useSyncExternalStore(counts.subscribe, counts.get);
  const threads = useAllRows('thread');
  const participations = useAllRows('participation');
  const settings = useAllRows('threadSetting');
  const threadOrgs = useAllRows('threadOrg');
  const noteHeads = useAllRows('noteHead');
  const drafts = useAllRows('draft');
  const refused = useFailedItems();
  return useMemo(
    () =>
      threadSummaries({ threads, participations, settings, threadOrgs, noteHeads, drafts, unreadByThreadId, refused }),
    [threads, participations, settings, threadOrgs, noteHeads, drafts, unreadByThreadId, refused],
  );
}
