import { Button, classNames, Delayed, formatDay, Time, useMinute } from '@parley/ui';
import { defaultRangeExtractor, useVirtualizer, type Range, type Virtualizer } from '@tanstack/react-virtual';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { useCallback, useImperativeHandle, useLayoutEffect, useMemo, useRef, useState, type Ref } from 'react';
import { countsAsUnread } from '@parley/core/unread';
import { useLogDoor } from './log-door.ts';
import { logItems, type LogItem } from './log-items.ts';
import { MessageRow, type MessageRowProps } from './message-row.tsx';
import { estimatedHeight } from './row-height.ts';
import { SystemRow } from './system-row.tsx';
import { isNote, messageSeq, type LogMessage } from './timeline.ts';
import { useLogKeys } from './use-log-keys.ts';

export interface LogHandle {
  jumpToEnd(): void;
  /** Brings a held message into the middle and marks it; false where it is not held. */
  jumpTo(messageId: string): boolean;
}

export interface MessageLogProps {
  rows: readonly LogMessage[];
  /** Nothing exists above the first row. */
  complete: boolean;
  /** Older rows are on their way. */
  loading: boolean;
  /** Older rows exist and cannot be fetched now. */
  unreachable: boolean;
  /** Where what was unread begins; stays while the thread is open. */
  divider: { seq: number; count: number } | null;
  personId: string;
  onLoadOlder: () => void;
  /** The reader is at the end, and has more above than anybody scrolls through. */
  onLeaveOlder?: () => void;
  /** The highest place that came into sight. */
  onSeen: (seq: number) => void;
  /** The same of notes. */
  onNoteSeen?: (seq: number) => void;
  /** Draws who has read the reader's newest message, where receipts are shown; the same function while they are. */
  receipts?: MessageRowProps['receipts'];
  /** The first unread message is above what is held. */
  onSeekUnread?: (() => void) | undefined;
  ref?: Ref<LogHandle>;
}

/** Closer than this to the end counts as being there. */
const END_PX = 48;
/** Rows that are held for somebody at the end, at most. */
const MOST_ROWS = 300;
/** Older rows are asked for while this much is still above. */
const AHEAD_PX = 3_000;
const MARK_MS = 1_600;

type LogVirtualizer = Virtualizer<HTMLElement, HTMLDivElement>;

/**
 * The messages of a thread, anchored to the end. Only what is in sight is drawn. It opens where the unread begins; what
 * comes in follows somebody who is at the end and never moves somebody who has scrolled up.
 */
export function MessageLog(props: MessageLogProps) {
  const { rows, complete, loading, unreachable, divider, personId } = props;
  const { onLoadOlder, onLeaveOlder, onSeen, onNoteSeen, receipts, onSeekUnread, ref } = props;
  const scroller = useRef<HTMLElement>(null);
  const heads = useRef(new Set<string>());
  const items = useMemo(
    () => logItems({ rows, complete, divider, personId, receipts: receipts !== undefined, heads: heads.current }),
    [rows, complete, divider, personId, receipts],
  );
  const indexByKey = useMemo(() => new Map(items.map((item, index) => [item.key, index])), [items]);
  const keys = useLogKeys(scroller, useLogDoor().markUnread);
  const width = useRef(800);
  const [atEnd, setAtEnd] = useState(true);
  const [marked, setMarked] = useState<string | null>(null);
  const [floatingDay, setFloatingDay] = useState<number | null>(null);
  const settled = useRef(false);
  const endSeq = useRef(0);
  const lastSeq = useMemo(() => rows.reduce((highest, row) => Math.max(highest, messageSeq(row) ?? 0), 0), [rows]);
  if (atEnd) endSeq.current = lastSeq;
  const below = atEnd ? 0 : newBelow(rows, endSeq.current, personId);
  const burst = useBurst(rows, personId, divider?.seq ?? null);

  const watch = (log: LogVirtualizer) => {
    const { scrollElement, scrollOffset } = log;
    if (scrollElement === null || scrollOffset === null) return;
    const isAtEnd = log.isAtEnd(END_PX);
    setAtEnd(isAtEnd);
    const seen = highestSeen(log, items);
    if (!settled.current) return;
    if (seen.message > 0) onSeen(seen.message);
    if (seen.note > 0) onNoteSeen?.(seen.note);
    if (scrollOffset < AHEAD_PX && !complete && !loading && !unreachable) onLoadOlder();
    else if (isAtEnd && rows.length > MOST_ROWS && keys.focusedKey.current === null) onLeaveOlder?.();
    const top = log.getVirtualItemForOffset(scrollOffset);
    const day = top && scrollElement.scrollTop > 8 ? dayAt(items, top.index) : null;
    setFloatingDay(day === null ? null : new Date(day).setHours(0, 0, 0, 0));
  };

  const log: LogVirtualizer = useVirtualizer<HTMLElement, HTMLDivElement>({
    count: items.length,
    getScrollElement: () => scroller.current,
    getItemKey: useCallback((index: number) => items[index]?.key ?? index, [items]),
    estimateSize: (index) => estimatedHeight(items[index], width.current),
    anchorTo: 'end',
    followOnAppend: !burst,
    scrollEndThreshold: END_PX,
    overscan: 6,
    paddingStart: 12,
    paddingEnd: 8,
    scrollPaddingStart: 48,
    rangeExtractor: (range: Range) => {
      const focused = keys.focusedKey.current === null ? undefined : indexByKey.get(keys.focusedKey.current);
      const indexes = defaultRangeExtractor(range);
      if (focused === undefined || indexes.includes(focused)) return indexes;
      return [...indexes, focused].sort((a, b) => a - b);
    },
    onChange: watch,
  });

  // Opens at the first unread message, else at the end.
  useLayoutEffect(() => {
    const first = indexByKey.get('unread');
    if (first === undefined) log.scrollToEnd();
    else log.scrollToIndex(first, { align: 'start' });
    const frame = requestAnimationFrame(() => {
      settled.current = true;
      watch(log);
    });
    return () => cancelAnimationFrame(frame);
    // Only where the log opens; later the reader decides.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, []);

  // What is on its way in changes what is to be done at this very position.
  useLayoutEffect(() => {
    if (settled.current) watch(log);
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [items, complete, loading, unreachable]);

  useLayoutEffect(() => {
    const first = indexByKey.get('unread');
    if (burst && settled.current && first !== undefined) log.scrollToIndex(first, { align: 'start' });
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [burst]);

  // A taller composer or a phone's keyboard takes room from below: who was at the end stays there.
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    let height = element.clientHeight;
    width.current = element.clientWidth;
    const observer = new ResizeObserver(() => {
      const grown = element.clientHeight - height;
      height = element.clientHeight;
      width.current = element.clientWidth;
      if (grown !== 0 && element.scrollHeight - element.scrollTop - height + Math.min(0, grown) <= END_PX)
        log.scrollToEnd();
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [log]);

  const jumpTo = (messageId: string): boolean => {
    const index = indexByKey.get(messageId);
    if (index === undefined) return false;
    log.scrollToIndex(index, { align: 'center' });
    setMarked(messageId);
    setTimeout(() => setMarked((now) => (now === messageId ? null : now)), MARK_MS);
    return true;
  };
  useImperativeHandle(ref, () => ({ jumpToEnd: () => log.scrollToEnd(), jumpTo }));

  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      <section
        ref={scroller}
        aria-label="Messages"
        aria-busy={loading}
        tabIndex={0}
        data-region-focus
        className="scroll-quiet flex min-h-0 flex-1 flex-col overflow-x-hidden overflow-y-auto -outline-offset-2 [overflow-anchor:none]"
        {...keys.handlers}
      >
        <div
          role="feed"
          aria-label="Messages"
          className="relative mt-auto shrink-0"
          style={{ height: log.getTotalSize() }}
        >
          {log.getVirtualItems().map(({ key, index, start }) => {
            const item = items[index];
            return item === undefined ? null : (
              <div
                key={key}
                ref={log.measureElement}
                data-index={index}
                className="absolute top-0 left-0 w-full hover:z-10 focus-within:z-10"
                style={{ transform: `translateY(${start}px)` }}
              >
                <Line item={item} marked={item.key === marked} receipts={receipts} />
              </div>
            );
          })}
        </div>
      </section>
      <Above loading={loading} unreachable={unreachable} day={atEnd ? null : floatingDay} onRetry={onLoadOlder} />
      {onSeekUnread === undefined ? null : (
        <JumpButton className="top-3" label="First unread" icon="up" onPress={onSeekUnread} />
      )}
      {atEnd ? null : (
        <JumpButton
          className="bottom-3"
          label={below > 0 ? `${below > 99 ? '99+' : below} new` : 'Latest'}
          strong={below > 0}
          icon="down"
          onPress={() => log.scrollToEnd()}
        />
      )}
    </div>
  );
}

function Line(props: { item: LogItem; marked: boolean; receipts: MessageRowProps['receipts'] }) {
  const { item, marked, receipts } = props;
  switch (item.kind) {
    case 'start':
      return <p className="px-5 pt-6 pb-2 text-center text-sm text-ink-3">The beginning of this thread</p>;
    case 'day':
      return (
        <div className="flex items-center gap-3 px-5 py-2.5 text-sm font-[550] text-ink-3 before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line max-desk:px-3">
          <Time at={item.at} as="day" />
        </div>
      );
    case 'unread':
      return (
        <div className="flex items-center gap-3 px-5 py-1.5 text-sm font-[550] text-accent before:h-px before:flex-1 before:bg-accent/45 max-desk:px-3">
          {item.count > 99 ? '99+' : item.count} new
        </div>
      );
    case 'message':
      return item.row.data.kind === 'system' ? (
        <SystemRow row={item.row} />
      ) : (
        <MessageRow
          row={item.row}
          head={item.head}
          root={item.root}
          quoted={item.quoted}
          replyCount={item.replyCount}
          lastReplyAt={item.lastReplyAt}
          newReplies={item.newReplies}
          receipts={item.receipts ? receipts : undefined}
          marked={marked}
        />
      );
  }
}

/** What floats over the top edge, so that nothing below it moves: loading, why it cannot, and the day one is in. */
function Above(props: { loading: boolean; unreachable: boolean; day: number | null; onRetry: () => void }) {
  const { loading, unreachable, day, onRetry } = props;
  const now = useMinute();
  return (
    <div className="pointer-events-none absolute inset-x-0 top-2 z-10 flex justify-center">
      {unreachable ? (
        <div className="pointer-events-auto flex items-center gap-2 rounded-full border border-line bg-sheet py-1 pr-1 pl-3 text-sm text-ink-2 shadow-float">
          Older messages need a connection
          <Button size="small" onClick={onRetry}>
            Try again
          </Button>
        </div>
      ) : loading ? (
        <Delayed>
          <div className="rounded-full border border-line bg-sheet px-3 py-0.5 text-sm font-[550] text-ink-3 shadow-float">
            Loading older messages
          </div>
        </Delayed>
      ) : day === null ? null : (
        <div
          aria-hidden
          className="rounded-full border border-line bg-sheet px-3 py-0.5 text-sm font-[550] text-ink-3 shadow-float"
        >
          {formatDay(day, now)}
        </div>
      )}
    </div>
  );
}

function JumpButton(props: {
  label: string;
  icon: 'up' | 'down';
  strong?: boolean;
  className: string;
  onPress: () => void;
}) {
  const { label, icon, strong = false, className, onPress } = props;
  const Icon = icon === 'up' ? ArrowUp : ArrowDown;
  return (
    <button
      type="button"
      className={classNames(
        'absolute left-1/2 z-10 flex min-h-8 -translate-x-1/2 items-center gap-1.5 rounded-full px-3.5 text-sm font-semibold shadow-float pointer-coarse:min-h-11 forced:border',
        strong ? 'bg-accent text-on-accent' : 'border border-line bg-sheet text-ink-2 hover:bg-sunk',
        className,
      )}
      onClick={onPress}
    >
      {label}
      <Icon size={14} aria-hidden />
    </button>
  );
}

/** Messages of others that came in below somebody who has scrolled up. */
function newBelow(rows: readonly LogMessage[], endSeq: number, personId: string): number {
  let count = 0;
  for (let index = rows.length - 1; index >= 0; index -= 1) {
    const row = rows[index] as LogMessage;
    const seq = messageSeq(row);
    if (seq !== null && seq <= endSeq) break;
    if (seq !== null && countsAsUnread(row.data, personId)) count += 1;
  }
  return count;
}

/** Whether the rows just drawn came with a divider of their own: the reader is led to where they begin, not past them. */
function useBurst(rows: readonly LogMessage[], personId: string, dividerSeq: number | null): boolean {
  const before = useRef(rows);
  const burst = useRef(false);
  if (before.current !== rows) {
    const last = before.current.findLast((row) => messageSeq(row) !== null)?.data.seq ?? null;
    burst.current = last !== null && dividerSeq === last && newBelow(rows, last, personId) > 0;
    before.current = rows;
  }
  return burst.current;
}

function highestSeen(log: LogVirtualizer, items: readonly LogItem[]): { message: number; note: number } {
  const bottom = (log.scrollOffset ?? 0) + (log.scrollRect?.height ?? 0);
  const highest = { message: 0, note: 0 };
  for (const { index, start, size } of log.getVirtualItems()) {
    const item = items[index];
    if (item?.kind !== 'message' || start + Math.min(size, 32) > bottom) continue;
    const kind = isNote(item.row) ? 'note' : 'message';
    highest[kind] = Math.max(highest[kind], item.row.data.seq ?? 0);
  }
  return highest;
}

function dayAt(items: readonly LogItem[], index: number): number | null {
  for (let at = index; at < items.length; at += 1) {
    const item = items[at];
    if (item?.kind === 'message') return item.row.data.createdAt;
    if (item?.kind === 'day') return item.at;
  }
  return null;
}
