import { Avatar, Button, classNames, Delayed, formatClock, formatFull, Time } from '@parley/ui';
import { CircleAlert, Clock, CornerUpRight, MessageSquareReply } from 'lucide-react';
import { memo, useRef, useState, type FocusEvent, type PointerEvent, type ReactNode } from 'react';
import { Markdown } from '../markdown/markdown.tsx';
import { plainText } from '../markdown/plain-text.ts';
import { itemText } from '../sync/item-words.ts';
import { WaitsFor } from '../sync/waits-for.tsx';
import { ForwardedFrom } from './forwarded-from.tsx';
import { Held } from './held.tsx';
import { EditedMark } from './edited-mark.tsx';
import { authorName, useLogDoor } from './log-door.ts';
import { MessageActions } from './message-actions.tsx';
import { failureWords, messageState } from './message-state.ts';
import { Reactions } from './reactions.tsx';
import { NoteBox } from './note-box.tsx';
import { RowMarks } from './row-marks.tsx';
import { isNote, type LogMessage } from './timeline.ts';

export interface MessageRowProps {
  row: LogMessage;
  /** Shows author and avatar; without them it continues the row above. */
  head: boolean;
  /** What it replies to, where that is held. */
  root?: LogMessage | undefined;
  /** Says what it replies to. */
  quoted?: boolean;
  /** Held replies to it. */
  replyCount: number;
  /** When the last of them came; milliseconds since 1970. */
  lastReplyAt?: number;
  /** How many of them are new to the reader. */
  newReplies?: number;
  /** Draws who has read it. */
  receipts?: ((row: LogMessage) => ReactNode) | undefined;
  /** Somebody was just led here. */
  marked?: boolean;
  /** Replies are not led to: the row stands among them already. */
  inReplies?: boolean;
}

/** One message. Drawn again only when its own row, its root or the names change. */
export const MessageRow = memo(function MessageRow(props: MessageRowProps) {
  const {
    row,
    head,
    root,
    replyCount,
    lastReplyAt = 0,
    newReplies = 0,
    receipts,
    quoted = false,
    marked = false,
    inReplies = false,
  } = props;
  const reply = row.data.replyTo !== null && !inReplies;
  const door = useLogDoor();
  const { data } = row;
  const name = authorName(data, door.personName);
  const state = messageState(row);
  const { engaged, ...engagement } = useEngaged();
  const deleted = data.deletedAt !== null;
  const edited = data.editedAt !== null && !deleted;

  const note = isNote(row);
  const words = deleted ? (
    <p className={classNames('italic', note ? 'text-note-ink' : 'text-ink-3')}>{note ? 'Note' : 'Message'} deleted</p>
  ) : (
    <div
      data-message-text
      className={classNames(
        (state.waiting || state.held !== null) && 'opacity-80',
        data.forwarded && 'border-l-2 border-line pl-3',
      )}
    >
      <Markdown text={data.text} personName={door.personName} selfIds={door.selfIds} />
      {edited && !head ? <EditedMark row={row} /> : null}
    </div>
  );

  return (
    <article
      {...engagement}
      id={inReplies ? undefined : `m-${row.id}`}
      aria-label={`${note ? 'Note of ' : ''}${name}, ${formatFull(data.createdAt)}`}
      tabIndex={-1}
      data-message={row.id}
      className={classNames(
        'group/row relative grid grid-cols-[34px_minmax(0,72ch)] gap-x-3 px-5 py-0.5 -outline-offset-2 max-desk:px-3',
        'hover:bg-[color-mix(in_oklch,var(--sunk)_55%,transparent)] focus-within:bg-[color-mix(in_oklch,var(--sunk)_55%,transparent)]',
        head && 'pt-2',
        state.failed !== null && 'bg-bad-soft hover:bg-bad-soft focus-within:bg-bad-soft',
        marked && 'bg-accent-soft transition-colors duration-1000',
      )}
    >
      {head ? (
        <Avatar id={data.authorId ?? 'system'} name={name} className="mt-0.5" />
      ) : (
        <time
          dateTime={new Date(data.createdAt).toISOString()}
          title={formatFull(data.createdAt)}
          className="pt-1 text-center text-[0.625rem] tabular-nums whitespace-nowrap text-ink-3 opacity-0 select-none group-focus-within/row:opacity-100 group-hover/row:opacity-100"
        >
          {clockFace(data.createdAt)}
        </time>
      )}
      <div className={classNames('min-w-0', reply && '-ml-2.5 border-l-2 border-line pl-2')}>
        {head ? (
          <div className="flex items-baseline gap-2">
            <b className="truncate font-semibold">{name}</b>
            <Time at={data.createdAt} as="clock" className="shrink-0 text-sm text-ink-3" />
            {edited ? <EditedMark row={row} /> : null}
          </div>
        ) : null}
        {quoted && data.replyTo !== null ? (
          <RootLine rootId={data.replyTo} root={root} />
        ) : reply ? (
          <span className="sr-only">Reply</span>
        ) : null}
        {deleted ? null : <RowMarks messageId={row.id} />}
        {data.forwarded ? <ForwardedFrom origin={data.forwarded} /> : null}
        {note ? <NoteBox titled={head}>{words}</NoteBox> : words}
        {deleted ? null : <Reactions row={row} />}
        {replyCount > 0 && !inReplies ? (
          <button
            type="button"
            className="mt-1 -ml-1.5 inline-flex min-h-6 items-center gap-1.5 rounded-sm px-1.5 text-sm font-medium text-accent hover:bg-accent-soft pointer-coarse:min-h-11"
            onClick={() => door.openReplies(row.id)}
          >
            <MessageSquareReply size={14} aria-hidden />
            {replyCount === 1 ? '1 reply' : `${replyCount} replies`}
            {newReplies > 0 ? <span className="font-[650]">{newReplies} new</span> : null}
            <span className="font-normal text-ink-3">
              last <Time at={lastReplyAt} />
            </span>
          </button>
        ) : null}
        {state.failed !== null ? (
          <Failure row={row} />
        ) : state.held !== null ? (
          <Held row={row} item={state.held} />
        ) : state.waiting ? (
          <Delayed>
            <p className="mt-0.5 flex items-center gap-1.5 text-sm text-ink-3">
              <Clock size={13} aria-hidden />
              {state.waitsFor === null ? 'Waiting to send' : <WaitsFor id={state.waitsFor} />}
            </p>
          </Delayed>
        ) : null}
        {receipts?.(row)}
      </div>
      {engaged && !deleted && state.held === null ? <MessageActions row={row} /> : null}
    </article>
  );
});

/** 06:47, without the half of the day: the gutter is narrow, and the row's author shows the whole of it. */
const clockFace = (at: number): string => formatClock(at).replace(/\s*\p{L}[\p{L}.\s]*$/u, '');

function RootLine({ rootId, root }: { rootId: string; root: LogMessage | undefined }) {
  const { personName, jumpTo } = useLogDoor();
  const words =
    root === undefined
      ? 'an earlier message'
      : root.data.deletedAt !== null
        ? 'a deleted message'
        : plainText(root.data.text, personName).slice(0, 160);
  return (
    <button
      type="button"
      className="-ml-1.5 flex min-h-6 max-w-full items-center gap-1.5 rounded-sm px-1.5 text-left text-sm text-ink-3 hover:bg-sunk hover:text-ink-2"
      onClick={() => jumpTo(rootId)}
    >
      <CornerUpRight size={13} aria-hidden className="shrink-0" />
      <span className="sr-only">In reply to </span>
      {root === undefined ? null : (
        <span className="shrink-0 font-medium text-ink-2">{authorName(root.data, personName)}</span>
      )}
      <span className="truncate">{words}</span>
    </button>
  );
}

/** What was refused stays where it was written, with the reason and the ways out. */
function Failure({ row }: { row: LogMessage }) {
  const door = useLogDoor();
  const { failed } = messageState(row);
  if (failed === null) return null;
  const text = itemText(failed);
  return (
    <div
      role="group"
      aria-label="Not sent"
      className="mt-1 flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-bad"
    >
      <span className="flex items-center gap-1.5 font-medium">
        <CircleAlert size={14} aria-hidden />
        {failureWords(failed)}
      </span>
      <span className="flex gap-1.5">
        {failed.code === 'orphaned' ? null : (
          <Button size="small" onClick={() => door.retry(failed.id)}>
            Retry
          </Button>
        )}
        {text === null ? null : (
          <>
            <Button size="small" onClick={() => door.takeBack(row)}>
              Edit
            </Button>
            <Button size="small" onClick={() => door.copy(text, 'Copied', row.id)}>
              Copy
            </Button>
          </>
        )}
        <Button size="small" onClick={() => door.discard(failed.id)}>
          Delete
        </Button>
      </span>
    </div>
  );
}

/**
 * Whether the row's actions are worth having: pointer over it, focus in it, or a tap on it. Only such a row pays for
 * its buttons. It stays so while one of its popups is open, or there would be nothing to give the focus back to.
 */
function useEngaged() {
  const [engaged, setEngaged] = useState(false);
  const own = useRef<HTMLElement>(null);
  const settle = () => {
    const row = own.current;
    if (row === null || row.contains(document.activeElement)) return;
    if (row.matches(':hover') || row.querySelector('[aria-expanded="true"]') !== null) return;
    setEngaged(false);
  };
  return {
    ref: own,
    engaged,
    onPointerEnter: ({ pointerType }: PointerEvent) => {
      if (pointerType !== 'touch') setEngaged(true);
    },
    onPointerLeave: settle,
    onFocus: () => setEngaged(true),
    onBlur: ({ relatedTarget }: FocusEvent) => {
      if (relatedTarget === null || !own.current?.contains(relatedTarget)) requestAnimationFrame(settle);
    },
    // A tap or a long press brings the actions on a touch screen: both give the row the focus.
    onContextMenu: () => {
      if (matchMedia('(pointer: coarse)').matches) own.current?.focus({ preventScroll: true });
    },
  };
}
