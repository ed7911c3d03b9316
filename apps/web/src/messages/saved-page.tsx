import { threadPeopleScope, threadScope, userScope } from '@parley/core/scopes';
import type { SavedRow } from '@parley/core/saved';
import type { ViewRow } from '@parley/sync/client';
import { Avatar, EmptyState, IconButton, Time } from '@parley/ui';
import { Link } from '@tanstack/react-router';
import { Bookmark, BookmarkX } from 'lucide-react';
import { useMemo, type ReactNode } from 'react';
import { Markdown } from '../markdown/markdown.tsx';
import { PageFrame } from '../shell/page-frame.tsx';
import { attempt } from '../sync/attempt.ts';
import { useEngine, usePersonId } from '../sync/engine-provider.tsx';
import { useOpenScope, useRow, useRows } from '../sync/views.ts';
import { useNamesInThread } from '../threads/use-person-names.ts';
import { authorName } from './log-door.ts';
import { useSelfIds } from './use-self-ids.ts';
import { useStoredMessage } from './use-stored-message.ts';

/** What a person has put aside, newest first. It is theirs alone. */
export function SavedPage() {
  const saved = useRows(userScope(usePersonId()), 'saved');
  const newest = useMemo(() => saved.toSorted((one, other) => other.data.savedAt - one.data.savedAt), [saved]);
  return (
    <PageFrame title="Saved" lead="Only you see this">
      {newest.length === 0 ? (
        <EmptyState icon={<Bookmark size={22} strokeWidth={1.8} />} title="Nothing saved yet">
          Save a message from its menu, and it waits for you here.
        </EmptyState>
      ) : (
        <ul aria-label="Saved messages" className="mx-auto flex max-w-180 flex-col px-5 py-4 max-desk:px-3">
          {newest.map((row) => (
            <SavedItem key={row.id} row={row} />
          ))}
        </ul>
      )}
    </PageFrame>
  );
}

function SavedItem({ row }: { row: ViewRow<SavedRow> }) {
  const { threadId } = row.data;
  const engine = useEngine();
  const thread = useRow(threadScope(threadId), 'thread', threadId);
  const participation = useRow(userScope(usePersonId()), 'participation', threadId);
  const mayRead = thread !== undefined && participation?.data.leftAt === null;
  return (
    <li className="relative border-b border-line py-4 pr-10 last:border-0">
      {mayRead ? (
        <SavedMessage row={row} subject={thread.data.subject} />
      ) : (
        <p className="text-ink-3 italic">You no longer take part in the thread of this message.</p>
      )}
      <IconButton
        label="Remove from saved"
        className="absolute top-3 right-0"
        onClick={() => void attempt(engine.mutate('forgetSaved', { threadId, messageId: row.id }))}
      >
        <BookmarkX size={16} />
      </IconButton>
    </li>
  );
}

function SavedMessage({ row, subject }: { row: ViewRow<SavedRow>; subject: string }) {
  const { threadId, place } = row.data;
  useOpenScope(threadPeopleScope(threadId));
  const personName = useNamesInThread(threadId);
  const selfIds = useSelfIds(threadId);
  const stored = useStoredMessage(threadId, row.id, place);
  const link = (words: ReactNode) => (
    <Link
      to="/t/$threadId"
      params={{ threadId }}
      hash={`m-${row.id}`}
      className="inline-flex min-h-6 min-w-0 max-w-full items-center rounded-sm text-sm text-accent hover:underline pointer-coarse:min-h-11"
    >
      <span className="truncate">{words}</span>
    </Link>
  );
  if (stored.state === 'looking') return <div className="min-h-12" aria-busy />;
  if (stored.state === 'elsewhere' || stored.message.deletedAt !== null) {
    return (
      <>
        <p className="text-ink-3 italic">
          {stored.state === 'elsewhere' ? 'This message is not on this device.' : 'Message deleted'}
        </p>
        {link(subject)}
      </>
    );
  }
  const { message } = stored;
  const name = authorName(message, personName);
  return (
    <article aria-label={name} className="grid grid-cols-[34px_minmax(0,1fr)] gap-x-3">
      <Avatar id={message.authorId ?? 'system'} name={name} className="mt-0.5" />
      <div className="min-w-0">
        <div className="flex items-baseline gap-2">
          <b className="truncate font-semibold">{name}</b>
          <Time at={message.createdAt} className="shrink-0 text-sm text-ink-3" />
        </div>
        <Markdown text={message.text} personName={personName} selfIds={selfIds} />
        {link(subject)}
      </div>
    </article>
  );
}
