import { threadScope } from '@parley/core/scopes';
import { Banner, Button } from '@parley/ui';
import { useLayoutEffect, useMemo, useRef, type ReactNode } from 'react';
import { useOpenScope, useRows } from '../sync/views.ts';
import { SidePanel } from '../threads/side-panel.tsx';
import { useLogDoor } from './log-door.ts';
import { draftKeyOf } from './draft-key.ts';
import { belongTogether } from './log-items.ts';
import type { Mentionable } from './mentions.ts';
import { MessageRow } from './message-row.tsx';
import { ThreadComposer } from './thread-composer.tsx';
import { useLogKeys } from './use-log-keys.ts';

export interface RepliesPanelProps {
  threadId: string;
  rootId: string;
  people: readonly Mentionable[];
  reads: ReactNode;
  onSent: () => void;
  /** Why none can be written; `null` where one can. */
  noMessages: string | null;
  onClose: () => void;
}

/** One message and what was replied to it, with a composer of its own. */
export function RepliesPanel({ threadId, rootId, people, reads, noMessages, onSent, onClose }: RepliesPanelProps) {
  const { personName, jumpTo, markUnread } = useLogDoor();
  const scroller = useRef<HTMLDivElement>(null);
  const keys = useLogKeys(scroller, markUnread);
  useOpenScope(threadScope(threadId));
  const rows = useRows(threadScope(threadId), 'message');
  const root = rows.find(({ id }) => id === rootId);
  const replies = useMemo(() => rows.filter(({ data }) => data.replyTo === rootId), [rows, rootId]);
  const end = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    end.current?.scrollIntoView({ block: 'end' });
  }, [replies.length]);

  return (
    <SidePanel title="Replies" onClose={onClose}>
      <div
        ref={scroller}
        className="scroll-quiet min-h-0 flex-1 overflow-y-auto py-3"
        tabIndex={0}
        role="group"
        aria-label="Replies"
        {...keys.handlers}
      >
        {root === undefined ? (
          <p className="flex flex-wrap items-center gap-2 px-5 py-2 text-sm text-ink-3">
            The message itself is further up in the thread.
            <Button size="small" onClick={() => jumpTo(rootId)}>
              Show it
            </Button>
          </p>
        ) : (
          <MessageRow row={root} head replyCount={0} inReplies />
        )}
        <div className="flex items-center gap-3 px-5 py-2 text-sm font-[550] text-ink-3 after:h-px after:flex-1 after:bg-line max-desk:px-3">
          {replies.length === 1 ? '1 reply' : `${replies.length} replies`}
        </div>
        {replies.map((row, index) => (
          <MessageRow key={row.id} row={row} head={!belongTogether(replies[index - 1], row)} replyCount={0} inReplies />
        ))}
        <div ref={end} />
      </div>
      {noMessages === null ? (
        <ThreadComposer
          threadId={threadId}
          writing={{ kind: 'message', replyTo: rootId }}
          label="Reply"
          people={people}
          personName={personName}
          reads={reads}
          draftKey={draftKeyOf({ threadId, rootId })}
          inReplies
          autoFocus
          onLeave={onClose}
          onSent={onSent}
        />
      ) : (
        <Banner tone="outside">{noMessages}</Banner>
      )}
    </SidePanel>
  );
}
