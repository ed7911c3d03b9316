import { Button, classNames, EmptyState, IconButton } from '@parley/ui';
import { useNavigate, useParams } from '@tanstack/react-router';
import { Check, MessagesSquare, Plus, Search } from 'lucide-react';
import {
  lazy,
  Suspense,
  useCallback,
  useDeferredValue,
  useEffect,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
} from 'react';
import { useChosenOrganisation } from '../shell/chosen-organisation.ts';
import { OrganisationChoice } from '../shell/organisation-choice.tsx';
import { useOrganisations } from '../shell/use-organisations.ts';
import { useEngine, usePersonId } from '../sync/engine-provider.tsx';
import { OfflineBanner } from '../sync/offline-banner.tsx';
import { StatusLine } from '../sync/status-line.tsx';
import { useStatusPart } from '../sync/views.ts';
import { filterThreads, nextUnread, type ThreadFilter, type ThreadSummary } from './thread-summaries.ts';
import { ThreadRows } from './thread-rows.tsx';
import { useThreadSummaries } from './use-thread-summaries.ts';
import { usePersonNames } from './use-person-names.ts';

const DemoButton = lazy(async () => ({ default: (await import('../demo/demo-button.tsx')).DemoButton }));

/** The column of threads: find, filter, open; and what is saved or waits at its foot. */
export function ThreadList() {
  const engine = useEngine();
  const personId = usePersonId();
  const personName = usePersonNames();
  const organisations = useOrganisations();
  const ready = useStatusPart((status) => status.ready);
  const navigate = useNavigate();
  const openId = useParams({ strict: false }).threadId ?? null;
  const chosen = useChosenOrganisation(organisations);
  const everywhere = useThreadSummaries();
  const all = useMemo(
    () => (chosen === null ? everywhere : everywhere.filter(({ orgId }) => orgId === chosen.id)),
    [everywhere, chosen],
  );
  const orgNames = useMemo(
    () =>
      chosen === null && organisations.length > 1 ? new Map(organisations.map(({ id, name }) => [id, name])) : null,
    [organisations, chosen],
  );
  const [filter, setFilter] = useState<ThreadFilter>('all');
  const [query, setQuery] = useState('');
  const sought = useDeferredValue(query);
  const shown = useMemo(() => filterThreads(all, { filter, query: sought, openId }), [all, filter, sought, openId]);
  const unread = all.filter((thread) => thread.unread > 0 && !thread.archived).length;
  const find = useRef<HTMLInputElement>(null);
  const region = useRef<HTMLDivElement>(null);

  const latest = useRef({ all, openId });
  latest.current = { all, openId };
  const open = useCallback(
    (threadId: string) => {
      // Choosing the open thread is asking to write in it, as choosing any other is.
      if (latest.current.openId === threadId)
        document.querySelector<HTMLElement>('[data-region="page"] textarea')?.focus();
      void navigate({ to: '/t/$threadId', params: { threadId } });
    },
    [navigate],
  );
  useEffect(() => {
    const onKey = (event: globalThis.KeyboardEvent) => {
      if (event.altKey && event.shiftKey && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
        const { all: threads, openId: from } = latest.current;
        const next = nextUnread(threads, from, event.key === 'ArrowDown' ? 1 : -1);
        event.preventDefault();
        if (next !== null) open(next);
      } else if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'k') {
        if (find.current === null || find.current.offsetParent === null) return;
        event.preventDefault();
        find.current.focus();
        find.current.select();
      }
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [open]);

  const act = useCallback(
    (key: string, { id, fresh }: ThreadSummary) =>
      void import('./thread-acts.tsx').then(({ ACT_KEYS }) =>
        ACT_KEYS[key]?.({ engine, personId, threadId: id }, fresh),
      ),
    [engine, personId],
  );

  const onFindKey = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const first = shown[0];
    if (event.key === 'Enter' && first) {
      open(first.id);
      setQuery('');
    } else if (event.key === 'Escape' && query !== '') {
      event.preventDefault();
      setQuery('');
    } else if (event.key === 'ArrowDown' && first) {
      event.preventDefault();
      region.current?.querySelector<HTMLElement>(`[data-thread="${first.id}"]`)?.focus();
    }
  };
  const mayStart = organisations.some(({ mayStart: may }) => may);

  return (
    <div ref={region} className="flex min-h-0 flex-1 flex-col">
      <div className="desk:hidden">
        <OfflineBanner />
      </div>
      <header className="flex items-center gap-2 px-4 pt-4 pb-2.5 max-desk:pt-3">
        <h1 className="min-w-0 flex-1 truncate text-lg font-[650] tracking-[-0.01em]">
          {organisations.length > 1 ? (
            <OrganisationChoice organisations={organisations} chosen={chosen} />
          ) : (
            (organisations[0]?.name ?? 'Threads')
          )}
        </h1>
        {mayStart ? (
          <IconButton label="New thread" onClick={() => void navigate({ to: '/new' })}>
            <Plus size={18} />
          </IconButton>
        ) : null}
      </header>
      {all.length > 0 ? (
        <>
          <div className="mx-3 mb-2.5 flex items-center gap-2 rounded-md bg-sunk px-2.5 text-ink-3 has-[:focus-visible]:outline-2 has-[:focus-visible]:outline-accent">
            <Search size={16} aria-hidden className="shrink-0" />
            <input
              ref={find}
              type="search"
              value={query}
              aria-label="Find a thread"
              placeholder="Find a thread"
              className="min-h-9 min-w-0 flex-1 bg-transparent text-ink outline-none placeholder:text-ink-3 max-desk:min-h-11 [&::-webkit-search-cancel-button]:hidden"
              onChange={({ target }) => setQuery(target.value)}
              onKeyDown={onFindKey}
            />
            <kbd className="rounded-xs border border-line-strong px-1.25 py-0.75 font-sans text-xs leading-none font-medium whitespace-nowrap max-desk:hidden">
              {isMac ? '⌘K' : 'Ctrl K'}
            </kbd>
          </div>
          <div role="group" aria-label="Show" className="flex flex-wrap gap-1 px-3 pb-2">
            <Filter value="all" now={filter} onPick={setFilter}>
              All
            </Filter>
            <Filter value="unread" now={filter} onPick={setFilter}>
              {unread > 0 ? `Unread ${unread}` : 'Unread'}
            </Filter>
            {filter === 'resolved' || all.some(({ resolved, archived }) => resolved && !archived) ? (
              <Filter value="resolved" now={filter} onPick={setFilter}>
                Resolved
              </Filter>
            ) : null}
            {filter === 'archived' || all.some(({ archived }) => archived) ? (
              <Filter value="archived" now={filter} onPick={setFilter}>
                Archived
              </Filter>
            ) : null}
          </div>
        </>
      ) : null}
      {shown.length > 0 ? (
        <ThreadRows
          threads={shown}
          openId={openId}
          personId={personId}
          personName={personName}
          onOpen={open}
          orgNames={orgNames}
          onKey={act}
        />
      ) : (
        <div className="min-h-0 flex-1 overflow-y-auto">
          <Nothing
            why={!ready ? 'loading' : all.length === 0 ? 'none' : query.trim() === '' ? filter : 'unmatched'}
            mayStart={mayStart}
            mayInvite={organisations.some((organisation) => organisation.mayInvite)}
            onStart={() => void navigate({ to: '/new' })}
            onInvite={() => void navigate({ to: '/people' })}
            onAll={() => {
              setFilter('all');
              setQuery('');
            }}
          />
        </div>
      )}
      <StatusLine />
    </div>
  );
}

const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);

function Filter(props: {
  value: ThreadFilter;
  now: ThreadFilter;
  onPick: (value: ThreadFilter) => void;
  children: string;
}) {
  const { value, now, onPick, children } = props;
  return (
    <button
      type="button"
      aria-pressed={value === now}
      className={classNames(
        'min-h-6.5 rounded-full px-2.5 text-sm font-medium tabular-nums pointer-coarse:min-h-9',
        value === now ? 'bg-accent-soft text-accent-strong' : 'text-ink-2 hover:bg-sunk',
      )}
      onClick={() => onPick(value)}
    >
      {children}
    </button>
  );
}

function Nothing(props: {
  why: 'loading' | 'none' | 'unmatched' | ThreadFilter;
  mayStart: boolean;
  mayInvite: boolean;
  onStart: () => void;
  onInvite: () => void;
  onAll: () => void;
}) {
  const { why, mayStart, mayInvite, onStart, onInvite, onAll } = props;
  switch (why) {
    case 'loading':
      return <p className="px-4 py-3 text-sm text-ink-3">Fetching your threads</p>;
    case 'unmatched':
      return (
        <EmptyState
          icon={<Search size={20} />}
          title="No thread by that name"
          action={<Button onClick={onAll}>Show all</Button>}
        >
          Subjects are looked through.
        </EmptyState>
      );
    case 'unread':
      return (
        <EmptyState icon={<Check size={22} />} title="All read" action={<Button onClick={onAll}>Show all</Button>}>
          New messages appear here.
        </EmptyState>
      );
    case 'resolved':
    case 'archived':
      return (
        <EmptyState
          icon={<Check size={22} />}
          title={`Nothing ${why}`}
          action={<Button onClick={onAll}>Show all</Button>}
        />
      );
    case 'all':
      return (
        <EmptyState icon={<Check size={22} />} title="Nothing here to do">
          All your threads are archived. The next message brings its thread back.
        </EmptyState>
      );
    case 'none':
      return (
        <EmptyState
          icon={<MessagesSquare size={22} strokeWidth={1.8} />}
          title="No threads yet"
          action={
            <span className="flex flex-wrap justify-center gap-2">
              {mayStart ? (
                <Button look="primary" onClick={onStart}>
                  Start the first thread
                </Button>
              ) : null}
              {mayInvite ? <Button onClick={onInvite}>Invite people</Button> : null}
              {mayStart ? (
                <Suspense>
                  <DemoButton />
                </Suspense>
              ) : null}
            </span>
          }
        >
          {mayStart ? 'A thread is one subject and the people it concerns.' : 'Threads appear here once you are added.'}
        </EmptyState>
      );
  }
}
