import { UNREAD_SHOWN } from '@parley/core/following';
import { notesScope, threadScope, userScope } from '@parley/core/scopes';
import type { ScopeId } from '@parley/sync/mutator';
import { Delayed, EmptyState, notify, Spinner } from '@parley/ui';
import { CloudOff, MessageSquareText } from 'lucide-react';
import { useCallback, useEffect, useImperativeHandle, useMemo, useRef, useState, type Ref } from 'react';
import { ReceiptsLine } from '../receipts/receipts-line.tsx';
import { useEngine } from '../sync/engine-provider.tsx';
import { useRow, useRows, useStatusPart, useWindow } from '../sync/views.ts';
import { countsAsUnread } from '@parley/core/unread';
import { unreadCount } from '../threads/unread.ts';
import { useLogDoor } from './log-door.ts';
import { MessageLog, type LogHandle } from './message-log.tsx';
import { timeline, type LogMessage } from './timeline.ts';
import { useAnnouncements } from './use-announcements.ts';
import { useDivider } from './use-divider.ts';
import { useReadMarker } from './use-read-marker.ts';

export interface ThreadLogHandle {
  jumpToEnd(): void;
  /** Shows a message, fetching what lies between; says so where it is not to be had. */
  jumpTo(messageId: string): void;
  /** The reader goes on after marking something unread. */
  goOn(): void;
}

export interface ThreadLogProps {
  threadId: string;
  /** The organisation whose notes stand among the messages, where the reader sees them. */
  orgId: string;
  /** Place of the newest message by the thread's head; 0 where there is none. */
  lastSeq: number;
  /** The message a link led to; another object leads there again. */
  seek?: { messageId: string } | null;
  ref?: Ref<ThreadLogHandle>;
}

/** Waits until what is on this device is read, far enough to open at the first unread message. */
export function ThreadLog(props: ThreadLogProps) {
  const { threadId, lastSeq } = props;
  const engine = useEngine();
  const { personId } = useLogDoor();
  const scope = threadScope(threadId);
  const rows = useRows(scope, 'message');
  const { low, complete, loading, unreachable } = useWindow(scope);
  const readSeq = useRow(userScope(personId), 'readPosition', threadId)?.data.seq ?? 0;
  const reached = complete || low <= readSeq + 1 || lastSeq - readSeq > UNREAD_SHOWN;
  const [open, setOpen] = useState(false);
  if (!open && (lastSeq === 0 || (rows.length > 0 && !loading && (reached || unreachable)))) setOpen(true);

  useEffect(() => {
    if (!open && !loading && !reached && !unreachable) void engine.loadOlder(scope);
  }, [engine, scope, open, loading, reached, unreachable, low]);

  if (open) return <OpenLog {...props} />;
  return <NotThere unreachable={unreachable} />;
}

function NotThere({ unreachable }: { unreachable: boolean }) {
  const isConnecting = useStatusPart(({ connection }) => connection.state === 'connecting');
  return (
    <div className="grid min-h-0 flex-1 place-items-center">
      {unreachable && !isConnecting ? (
        <EmptyState icon={<CloudOff size={22} />} title="Not on this device yet">
          The messages of this thread come as soon as there is a connection. You can write already.
        </EmptyState>
      ) : (
        <Delayed>
          <Spinner label="Loading messages" />
        </Delayed>
      )}
    </div>
  );
}

/** Messages that stay in memory for somebody who has far more of them above. */
const KEPT = 200;
/** More pages than this are not fetched to find one message. */
const PAGES = 200;

function OpenLog({ threadId, orgId, lastSeq, seek = null, ref }: ThreadLogProps) {
  const engine = useEngine();
  const door = useLogDoor();
  const { personId } = door;
  const scope = threadScope(threadId);
  const messages = useRows(scope, 'message');
  const { low, complete, loading, unreachable } = useWindow(scope);
  const notes = useNotesDownTo(low, notesScope(threadId, orgId));
  const rows = useMemo(() => timeline({ messages, notes, low }), [messages, notes, low]);
  const position = useRow(userScope(personId), 'readPosition', threadId);
  const readSeq = position?.data.seq ?? 0;
  const [opened] = useState(() => {
    const input = { rows: messages.map(({ data }) => data), low, lastSeq, readSeq, personId };
    return { seq: readSeq, count: unreadCount(input) };
  });
  const markEpoch = position?.data.markEpoch ?? 0;
  const divided = useDivider({ rows: messages, opened, personId, position: { seq: readSeq, markEpoch } });
  const [left, setLeft] = useState<typeof divided>(null);
  const divider = divided === left ? null : divided;
  const inReach = divider !== null && (complete || low <= divider.seq + 1);
  const log = useRef<LogHandle>(null);
  const [sought, setSought] = useState<string | null>(null);

  useAnnouncements(messages, door);
  useAnnouncements(notes, door);
  // A position that could not be kept is marked again with the next message that is seen.
  const mark = (up: { seq: number; noteSeq?: number }) =>
    void engine.mutate('markRead', { threadId, markEpoch, ...up }).then(
      ({ saved }) => saved.catch(() => undefined),
      () => undefined,
    );
  const { onSeen, goOn } = useReadMarker({ readSeq, markEpoch, mark: (seq) => mark({ seq }) });
  // Notes are not marked unread: their place only grows.
  const { onSeen: onNoteSeen } = useReadMarker({
    readSeq: position?.data.noteSeq ?? 0,
    markEpoch: 0,
    mark: (noteSeq) => mark({ seq: readSeq, noteSeq }),
  });

  // What was sought has been fetched and drawn: now it can be shown.
  useEffect(() => {
    if (sought !== null && log.current?.jumpTo(sought)) setSought(null);
  }, [sought, rows]);

  const fetchUntil = async (there: () => boolean) => {
    for (let page = 0; page < PAGES && !there(); page += 1) {
      const window = engine.window(scope);
      if (window.complete || (page > 0 && window.unreachable)) break;
      await engine.loadOlder(scope);
    }
    return there();
  };
  const jumpTo = (messageId: string) => {
    if (log.current?.jumpTo(messageId)) return;
    void fetchUntil(() => engine.row(scope, 'message', messageId) !== undefined).then((found) => {
      if (found) setSought(messageId);
      else notify(engine.window(scope).unreachable ? 'That message needs a connection.' : 'That message is not there.');
    });
  };
  useEffect(() => {
    if (seek !== null) jumpTo(seek.messageId);
    // Once for every link that is followed.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [seek]);
  const seekUnread = () => {
    if (divider === null) return;
    void fetchUntil(() => engine.window(scope).low <= divider.seq + 1).then(() => {
      const first = engine
        .rows(scope, 'message')
        .find(({ data }) => (data.seq ?? 0) > divider.seq && countsAsUnread(data, personId));
      if (first) setSought(first.id);
    });
  };
  const leaveOlder = () => {
    const low = messages.filter(({ data }) => data.seq !== null).at(-KEPT)?.data.seq;
    if (low == null) return;
    engine.leaveOlder(scope, low);
    if (divider !== null && divider.seq + 1 < engine.window(scope).low) setLeft(divider);
  };
  useImperativeHandle(ref, () => ({ jumpToEnd: () => log.current?.jumpToEnd(), jumpTo, goOn }));

  const { openReaders } = door;
  const receipts = useCallback(
    (row: LogMessage) => <ReceiptsLine threadId={threadId} row={row} onOpen={() => openReaders?.(row.id)} />,
    [threadId, openReaders],
  );

  if (rows.length === 0) {
    return (
      <div className="grid min-h-0 flex-1 place-items-center">
        <EmptyState icon={<MessageSquareText size={22} strokeWidth={1.8} />} title="Nothing written yet">
          The first message sets the tone.
        </EmptyState>
      </div>
    );
  }
  return (
    <MessageLog
      ref={log}
      rows={rows}
      complete={complete || lastSeq === 0}
      loading={loading && lastSeq > 0}
      unreachable={unreachable}
      divider={inReach ? divider : null}
      personId={personId}
      onLoadOlder={() => void engine.loadOlder(scope)}
      onLeaveOlder={leaveOlder}
      onSeen={onSeen}
      onNoteSeen={onNoteSeen}
      receipts={openReaders === null ? undefined : receipts}
      onSeekUnread={divider !== null && !inReach ? seekUnread : undefined}
    />
  );
}

/** Notes as far back as messages are held. */
function useNotesDownTo(low: number, scope: ScopeId) {
  const engine = useEngine();
  const notes = useRows(scope, 'note');
  const { complete } = useWindow(scope);
  const oldest = notes[0]?.data;
  const reached = complete || oldest === undefined || oldest.seq === null || oldest.afterSeq < low - 1;
  useEffect(() => {
    if (!reached) void engine.loadOlder(scope);
    // Where they cannot be fetched it is tried again with older messages.
  }, [engine, scope, reached, low, oldest]);
  return notes;
}
