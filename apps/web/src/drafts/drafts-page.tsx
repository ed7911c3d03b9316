import type { ScheduledRow } from '@parley/core/scheduled';
import type { ViewRow } from '@parley/sync/client';
import { Button, EmptyState, notify, Time } from '@parley/ui';
import { Link } from '@tanstack/react-router';
import { CircleAlert, PencilLine } from 'lucide-react';
import { useReducer, useState, type ReactNode } from 'react';
import { momentWords } from '../messages/schedule-times.ts';
import { draftKeyOf } from '../messages/draft-key.ts';
import { forgetKept } from '../messages/use-draft.ts';
import { PageFrame } from '../shell/page-frame.tsx';
import { attempt } from '../sync/attempt.ts';
import { useEngine } from '../sync/engine-provider.tsx';
import { useAllRows, useStatus } from '../sync/views.ts';
import { begun, type Begun } from './begun.ts';
import { EditScheduled } from './edit-scheduled.tsx';
import { useTypedText } from './use-typed-text.ts';

/** What the person has begun to write, and what goes out later; what could not go out comes first. */
export function DraftsPage() {
  const { ready } = useStatus();
  const { drafts, discard } = useBegun();
  const scheduled = useAllRows('scheduled').toSorted((one, other) => one.data.dueAt - other.data.dueAt);
  const failed = scheduled.filter(({ data }) => data.failure !== null);
  const waiting = scheduled.filter(({ data }) => data.failure === null);
  const [edited, setEdited] = useState<string | null>(null);
  const editedRow = scheduled.find(({ id }) => id === edited);

  return (
    <PageFrame title="Drafts and scheduled" lead="The same on all your devices">
      <div className="mx-auto flex max-w-180 flex-col gap-7 px-5 py-6 max-desk:px-4 max-desk:py-4">
        {drafts.length + scheduled.length === 0 ? (
          ready ? (
            <EmptyState icon={<PencilLine size={22} strokeWidth={1.8} />} title="Nothing begun">
              What you write and do not send waits here, and what you send later too.
            </EmptyState>
          ) : (
            <p className="py-3 text-sm text-ink-3">Fetching your drafts</p>
          )
        ) : null}
        <Section title="Could not be sent" count={failed.length}>
          {failed.map((row) => (
            <ScheduledItem key={row.id} row={row} onEdit={() => setEdited(row.id)} />
          ))}
        </Section>
        <Section title="Scheduled" count={waiting.length}>
          {waiting.map((row) => (
            <ScheduledItem key={row.id} row={row} onEdit={() => setEdited(row.id)} />
          ))}
        </Section>
        <Section title="Drafts" count={drafts.length}>
          {drafts.map((draft) => (
            <DraftItem key={draft.id} draft={draft} onDelete={() => void attempt(discard(draft))} />
          ))}
        </Section>
      </div>
      {editedRow ? <EditScheduled key={editedRow.id} row={editedRow} onClose={() => setEdited(null)} /> : null}
    </PageFrame>
  );
}

function Section({ title, count, children }: { title: string; count: number; children: ReactNode }) {
  if (count === 0) return null;
  return (
    <section aria-label={title}>
      <h2 className="pb-2 text-sm font-[550] text-ink-3">{title}</h2>
      <ul className="flex flex-col gap-2">{children}</ul>
    </section>
  );
}

function DraftItem({ draft, onDelete }: { draft: Begun; onDelete: () => void }) {
  const { threadId, rootId, kind, text, at } = draft;
  const when = at === null ? 'On this device' : <Time at={at} />;
  return (
    <Item
      threadId={threadId}
      hash={rootId === null ? undefined : `m-${rootId}`}
      note={kind === 'note' ? <>Note · {when}</> : rootId === null ? when : <>Reply · {when}</>}
      text={text}
    >
      <CopyButton text={text} />
      <Button size="small" look="plain" onClick={onDelete}>
        Delete
      </Button>
    </Item>
  );
}

function ScheduledItem({ row, onEdit }: { row: ViewRow<ScheduledRow>; onEdit: () => void }) {
  const engine = useEngine();
  const { threadId, dueAt, failure } = row.data;
  const args = { threadId, messageId: row.id };
  const text = useTypedText(threadId)(row.data.text);
  const isHere = useIsHere(threadId);
  return (
    <Item
      threadId={threadId}
      note={<time dateTime={new Date(dueAt).toISOString()}>{momentWords(dueAt)}</time>}
      text={text}
      problem={failure?.message}
    >
      {isHere ? (
        <>
          <Button size="small" onClick={onEdit}>
            Edit
          </Button>
          <Button
            size="small"
            onClick={() =>
              void attempt(engine.mutate('sendScheduled', args)).then((done) => {
                if (done) notify('Message sent');
              })
            }
          >
            Send now
          </Button>
        </>
      ) : null}
      <CopyButton text={text} />
      <Button size="small" look="plain" onClick={() => void attempt(engine.mutate('cancelScheduled', args))}>
        Delete
      </Button>
    </Item>
  );
}

interface ItemProps {
  threadId: string;
  hash?: string | undefined;
  note: ReactNode;
  text: string;
  problem?: string | undefined;
  /** What can be done with it. */
  children: ReactNode;
}

function Item({ threadId, hash, note, text, problem, children }: ItemProps) {
  const thread = useAllRows('thread').find(({ id }) => id === threadId);
  const isHere = useIsHere(threadId);
  return (
    <li className="rounded-lg border border-line px-4 py-3">
      <div className="flex items-baseline justify-between gap-3">
        {isHere ? (
          <Link
            to="/t/$threadId"
            params={{ threadId }}
            {...(hash === undefined ? {} : { hash })}
            className="inline-flex min-h-6 min-w-0 items-center font-[550] hover:underline pointer-coarse:min-h-11"
          >
            <span className="truncate">{thread?.data.subject}</span>
          </Link>
        ) : (
          <span className="min-w-0 truncate text-ink-2">A thread you no longer take part in</span>
        )}
        <span className="shrink-0 text-sm text-ink-3">{note}</span>
      </div>
      <p className="mt-0.5 line-clamp-4 max-w-[72ch] whitespace-pre-line text-ink-2">{text}</p>
      {problem === undefined ? null : (
        <p className="mt-1.5 flex items-start gap-1.5 text-sm font-medium text-bad">
          <CircleAlert size={15} aria-hidden className="mt-0.5 shrink-0" />
          {problem}
        </p>
      )}
      <div className="mt-2.5 flex flex-wrap gap-2">{children}</div>
    </li>
  );
}

function CopyButton({ text }: { text: string }) {
  const copy = () =>
    void navigator.clipboard.writeText(text).then(
      () => notify('Text copied'),
      () => notify('This browser did not allow copying.', { tone: 'bad' }),
    );
  return (
    <Button size="small" onClick={copy}>
      Copy
    </Button>
  );
}

/** What was begun, and how one of them is thrown away wherever it is. */
function useBegun() {
  const engine = useEngine();
  const rows = useAllRows('draft');
  const participations = useAllRows('participation').filter(({ data }) => data.leftAt === null);
  const [, lookAgain] = useReducer((looks: number) => looks + 1, 0);
  const drafts = begun({ drafts: rows, threadIds: participations.map(({ id }) => id), kept: engine.draft });
  const discard = async ({ id, ...place }: Begun) => {
    const { threadId, rootId, kind } = place;
    await forgetKept(engine, draftKeyOf(place));
    lookAgain();
    return rows.some((row) => row.id === id) ? engine.mutate('discardDraft', { threadId, rootId, kind }) : undefined;
  };
  return { drafts, discard };
}

const useIsHere = (threadId: string): boolean =>
  useAllRows('participation').some(({ id, data }) => id === threadId && data.leftAt === null);
