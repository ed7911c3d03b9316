import { Time } from '@parley/ui';
import { memo } from 'react';
import { ThreadLink } from '../threads/continuing.tsx';
import { UNKNOWN_PERSON, useLogDoor } from './log-door.ts';
import type { LogMessage } from './timeline.ts';
import { noticeWords } from './notice-words.ts';

/** What the software says in a thread: one quiet line. */
export const SystemRow = memo(function SystemRow({ row }: { row: LogMessage }) {
  const { personName, personId } = useLogDoor();
  const { notice, createdAt } = row.data;
  if (notice === null) return null;
  const words = noticeWords(notice, (id) => personName(id) ?? UNKNOWN_PERSON, personId);
  return (
    <p
      data-message={row.id}
      className="py-1 pr-5 pl-[66px] text-sm text-ink-3 max-desk:pl-[58px]"
      // In a feed only an article may hold something that takes the focus.
      {...(notice.type === 'continued' && { role: 'article', 'aria-label': words })}
    >
      {words} · <Time at={createdAt} as="clock" />
      {notice.type === 'continued' ? (
        <>
          {' '}
          <ThreadLink threadId={notice.threadId} words="Open" />
        </>
      ) : null}
    </p>
  );
});
