import { classNames, Count, Time, type MenuAnchor } from '@parley/ui';
import { measureElement, useVirtualizer, type Virtualizer } from '@tanstack/react-virtual';
import { BellOff, Check, CircleAlert, Clock, Pin, type LucideIcon } from 'lucide-react';
import {
  lazy,
  memo,
  Suspense,
  useCallback,
  useLayoutEffect,
  useRef,
  useState,
  type KeyboardEvent,
  type MouseEvent,
} from 'react';
import { OrganisationMark } from '../shell/organisation-mark.tsx';
import type { ThreadSummary } from './thread-summaries.ts';
import type { PersonNames } from './use-person-names.ts';
import { useLastWords, type LastWords } from './use-last-words.ts';

export interface ThreadRowsProps {
  threads: readonly ThreadSummary[];
  openId: string | null;
  personId: string;
  personName: PersonNames;
  /** Names of organisations, where the threads of several stand together. */
  orgNames: ReadonlyMap<string, string> | null;
  onOpen: (threadId: string) => void;
  /** A letter was pressed on a thread. */
  onKey: (key: string, thread: ThreadSummary) => void;
}

const ThreadRowMenu = lazy(async () => ({ default: (await import('./thread-row-menu.tsx')).ThreadRowMenu }));

const ROW_PX = 59;

/** On a phone an open thread hides the list: its rows, then of no height, keep the one they had. */
function heightInSight(
  row: HTMLLIElement,
  entry: ResizeObserverEntry | undefined,
  list: Virtualizer<HTMLDivElement, HTMLLIElement>,
): number {
  const height = measureElement(row, entry, list);
  if (height > 0) return height;
  return list.itemSizeCache.get(list.options.getItemKey(list.indexFromElement(row))) ?? ROW_PX;
}

/** The list of threads: arrows move, Enter opens, letters act, a menu has the rest; only what is in sight is drawn. */
export function ThreadRows({ threads, openId, personId, personName, orgNames, onOpen, onKey }: ThreadRowsProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const [wanted, setWanted] = useState<string | null>(null);
  const lastWords = useLastWords();
  const [menu, setMenu] = useState<{ threadId: string; anchor: MenuAnchor | null } | null>(null);
  const closeMenu = useCallback(() => setMenu((now) => now && { ...now, anchor: null }), []);
  const list = useVirtualizer<HTMLDivElement, HTMLLIElement>({
    count: threads.length,
    getScrollElement: () => scroller.current,
    getItemKey: (index) => threads[index]?.id ?? index,
    estimateSize: () => ROW_PX,
    measureElement: heightInSight,
    overscan: 8,
    paddingEnd: 12,
    initialRect: { width: 300, height: 800 },
  });

  const drawn = list.getVirtualItems();

  useLayoutEffect(() => {
    if (wanted === null) return;
    const link = scroller.current?.querySelector<HTMLElement>(`[data-thread="${wanted}"]`);
    if (!link) return;
    link.focus();
    setWanted(null);
  }, [wanted, drawn]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const focused = event.target instanceof HTMLElement ? event.target.dataset['thread'] : undefined;
    const at = threads.findIndex(({ id }) => id === focused);
    const last = threads.length - 1;
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: last }[event.key];
    const thread = to === undefined ? undefined : threads[Math.max(0, Math.min(last, to))];
    if (to === undefined && threads[at] && event.key.length === 1 && !event.shiftKey) onKey(event.key, threads[at]);
    if (to === undefined || thread === undefined) return;
    event.preventDefault();
    list.scrollToIndex(Math.max(0, Math.min(last, to)), { align: 'auto' });
    setWanted(thread.id);
  };
  const onContextMenu = (event: MouseEvent) => {
    const link = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-thread]') : null;
    const threadId = link?.dataset['thread'];
    if (link === null || threadId === undefined) return;
    event.preventDefault();
    // A key opens it beside the thread, a pointer where it is.
    const point = event.button === 2 || event.clientX > 0 ? { x: event.clientX, y: event.clientY } : null;
    setMenu({ threadId, anchor: { element: link, point } });
  };
  const menuThread = menu === null ? undefined : threads.find(({ id }) => id === menu.threadId);
  const reachable = threads.some(({ id }) => id === openId) ? openId : threads[0]?.id;

  return (
    <div ref={scroller} className="scroll-quiet min-h-0 flex-1 overflow-y-auto px-2 pt-0.5">
      <ul
        aria-label="Threads"
        className="relative"
        style={{ height: list.getTotalSize() }}
        onKeyDown={onKeyDown}
        onContextMenu={onContextMenu}
      >
        {drawn.map(({ key, index, start }) => {
          const thread = threads[index];
          return thread === undefined ? null : (
            <li
              key={key}
              ref={list.measureElement}
              data-index={index}
              aria-setsize={threads.length}
              aria-posinset={index + 1}
              className="absolute top-0 left-0 w-full"
              style={{ transform: `translateY(${start}px)` }}
            >
              <ThreadItem
                thread={thread}
                open={thread.id === openId}
                reachable={thread.id === reachable}
                personId={personId}
                personName={personName}
                orgName={orgNames?.get(thread.orgId)}
                lastWords={lastWords}
                onOpen={onOpen}
              />
            </li>
          );
        })}
      </ul>
      {menu === null || menuThread === undefined ? null : (
        <Suspense>
          <ThreadRowMenu
            threadId={menuThread.id}
            subject={menuThread.subject}
            unread={menuThread.fresh}
            anchor={menu.anchor}
            onClose={closeMenu}
          />
        </Suspense>
      )}
    </div>
  );
}

interface ThreadItemProps {
  thread: ThreadSummary;
  open: boolean;
  /** Tab stops here; the arrows lead to the others. */
  reachable: boolean;
  personId: string;
  personName: PersonNames;
  lastWords: LastWords | undefined;
  orgName: string | undefined;
  onOpen: (threadId: string) => void;
}

const ThreadItem = memo(function ThreadItem(props: ThreadItemProps) {
  const { thread, open, reachable, personId, personName, lastWords, orgName, onOpen } = props;
  const { id, subject, at, last, unread, state } = thread;
  const muted = thread.level === 'nothing';
  const press = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button !== 0) return;
    event.preventDefault();
    onOpen(id);
  };
  return (
    <a
      href={`/t/${id}`}
      data-thread={id}
      tabIndex={reachable ? 0 : -1}
      aria-current={open ? 'page' : undefined}
      onClick={press}
      className={classNames(
        'grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-2.5 gap-y-px rounded-lg py-2 pr-2.5 pl-3.5 -outline-offset-2 max-desk:py-3',
        open ? 'bg-sheet shadow-[0_0_0_1px_var(--line),var(--shadow)]' : 'hover:bg-sunk',
      )}
    >
      <span className="flex min-w-0 items-center gap-1.5">
        <span
          className={classNames(
            'truncate',
            thread.fresh ? 'font-[650]' : 'font-medium',
            muted && !open && 'text-ink-3',
          )}
        >
          {subject}
        </span>
        {thread.partners === null ? null : (
          <span className="max-w-28 shrink-0 truncate rounded-full bg-outside-soft px-1.5 text-xs font-[550] text-outside">
            <span className="sr-only">External, with </span>
            {thread.partners}
          </span>
        )}
        {thread.pinned ? <Sign icon={Pin} label="Pinned" /> : null}
        {muted ? <Sign icon={BellOff} label="Muted" /> : null}
        {thread.resolved ? <Sign icon={Check} label="Resolved" /> : null}
      </span>
      <Time at={at} className="text-sm text-ink-3" />
      <span className={classNames('truncate text-sm text-ink-3', unread === 0 && state === 'settled' && 'col-span-2')}>
        {orgName === undefined ? null : (
          <span className="mr-1.5">
            <OrganisationMark name={orgName} small />
            <span className="sr-only">{orgName}: </span>
          </span>
        )}
        {/* The line keeps its height while the words for it are on their way. */}
        {thread.draft !== null && !open ? (
          <>
            <b className="font-[550] text-accent">Draft:</b> {thread.draft}
          </>
        ) : last === null ? (
          'No messages yet'
        ) : (
          <>
            {'kind' in last ? null : <b className="font-[550] text-note-ink">Note </b>}
            {lastWords?.(last, personId, personName) ?? '\u00A0'}
          </>
        )}
      </span>
      {state === 'failed' ? (
        <span className="flex items-center gap-1 text-sm font-medium text-bad">
          <CircleAlert size={14} aria-hidden />
          Not sent
        </span>
      ) : unread > 0 ? (
        <Count value={unread} label="unread" className="justify-self-end" />
      ) : state === 'waiting' ? (
        <span className="justify-self-end text-ink-3">
          <Clock size={13} aria-hidden />
          <span className="sr-only">Waiting to send</span>
        </span>
      ) : null}
    </a>
  );
}, sameItem);

function Sign({ icon: Icon, label }: { icon: LucideIcon; label: string }) {
  return (
    <span className="shrink-0 text-ink-3">
      <Icon size={13} aria-hidden />
      <span className="sr-only">{label}</span>
    </span>
  );
}

/** Summaries are made anew with every change of any thread; an item is drawn anew only with its own. */
function sameItem(
  { thread: one, ...rest }: ThreadItemProps,
  { thread: other, ...otherRest }: ThreadItemProps,
): boolean {
  return same({ ...one }, { ...other }) && same(rest, otherRest);
}

function same(one: object, other: object): boolean {
  const values = new Map(Object.entries(other));
  return Object.entries(one).every(([key, value]) => Object.is(value, values.get(key)));
}
