import { userScope } from '@parley/core/scopes';
import { Button, classNames, Dialog, notify, SearchField } from '@parley/ui';
import { useId, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { v7 as uuidv7 } from 'uuid';
import { attempt } from '../sync/attempt.ts';
import { useEngine, usePersonId } from '../sync/engine-provider.tsx';
import { useAllRows, useRows } from '../sync/views.ts';
import { filterThreads, threadSummaries } from '../threads/thread-summaries.ts';

const SHOWN = 50;
const nothingUnread: ReadonlyMap<string, number> = new Map();

export interface ForwardDialogProps {
  fromThreadId: string;
  fromMessageId: string;
  /** How the message begins. */
  excerpt: string;
  onClose: () => void;
}

/** Chooses another thread, which gets a copy. Arrows choose, Enter forwards. */
export function ForwardDialog({ fromThreadId, fromMessageId, excerpt, onClose }: ForwardDialogProps) {
  const id = useId();
  const engine = useEngine();
  const threads = useAllRows('thread');
  const participations = useRows(userScope(usePersonId()), 'participation');
  const threadOrgs = useAllRows('threadOrg');
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const field = useRef<HTMLInputElement>(null);
  const all = useMemo(
    () =>
      threadSummaries({
        threads: threads.filter(({ id }) => id !== fromThreadId),
        participations,
        unreadByThreadId: nothingUnread,
        refused: [],
        settings: [],
        threadOrgs,
        noteHeads: [],
        drafts: [],
      }),
    [threads, participations, threadOrgs, fromThreadId],
  );
  const found = filterThreads(all, { filter: 'all', query, openId: null }).slice(0, SHOWN);
  const chosen = found[Math.min(at, found.length - 1)];

  const forward = async (thread: { id: string; subject: string }) => {
    onClose();
    const args = { threadId: thread.id, messageId: uuidv7(), fromThreadId, fromMessageId };
    if (await attempt(engine.mutate('forwardMessage', args))) notify(`Forwarded to ${thread.subject}`);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      const next =
        (Math.min(at, found.length - 1) + (event.key === 'ArrowDown' ? 1 : -1) + found.length) % found.length;
      setAt(next);
      document.getElementById(`${id}-${found[next]?.id}`)?.scrollIntoView({ block: 'nearest' });
    } else if (event.key === 'Enter' && chosen !== undefined) void forward(chosen);
    else return;
    event.preventDefault();
  };

  return (
    <Dialog
      open
      onOpenChange={(open) => open || onClose()}
      title="Forward"
      description={excerpt}
      initialFocus={field}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            look="primary"
            disabled={chosen === undefined}
            onClick={() => {
              if (chosen !== undefined) void forward(chosen);
            }}
          >
            Forward
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-2">
        <SearchField
          ref={field}
          label="Find a thread"
          placeholder="Find a thread"
          role="combobox"
          aria-expanded={found.length > 0}
          aria-controls={`${id}-threads`}
          aria-activedescendant={chosen === undefined ? undefined : `${id}-${chosen.id}`}
          value={query}
          onChange={({ target }) => {
            setQuery(target.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
        />
        <ul
          id={`${id}-threads`}
          role="listbox"
          aria-label="Threads to forward to"
          className="scroll-quiet max-h-72 min-h-24 overflow-y-auto"
        >
          {found.map((thread) => (
            <li
              key={thread.id}
              id={`${id}-${thread.id}`}
              role="option"
              aria-selected={thread.id === chosen?.id}
              className={classNames(
                'flex min-h-9 cursor-pointer items-center rounded-md px-3 font-medium pointer-coarse:min-h-11',
                thread.id === chosen?.id ? 'bg-accent-soft' : 'hover:bg-sunk',
              )}
              onMouseDown={(event) => {
                event.preventDefault();
                setAt(found.indexOf(thread));
              }}
              onDoubleClick={() => void forward(thread)}
            >
              <span className="truncate">{thread.subject}</span>
              {thread.partners === null ? null : (
                <span className="ml-2 shrink-0 text-sm text-outside">{thread.partners}</span>
              )}
            </li>
          ))}
          {found.length === 0 ? (
            <li role="presentation" className="px-3 py-2 text-ink-3">
              {query.trim() === '' ? 'There is no other thread yet.' : `No thread matches “${query.trim()}”.`}
            </li>
          ) : null}
        </ul>
      </div>
    </Dialog>
  );
}
