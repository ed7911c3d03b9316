import { formatClock, formatFull, formatList } from '@parley/ui';
import { Markdown } from '../markdown/markdown.tsx';
import { noticeWords } from '../messages/notice-words.ts';
import { isNote, type LogMessage } from '../messages/timeline.ts';
import type { ThreadCopy } from './copy-thread.ts';

// A file is read later: its days have their year.
const longDay = new Intl.DateTimeFormat(undefined, { dateStyle: 'full' });

export interface ThreadDocumentProps {
  copy: ThreadCopy;
  /** For whom it was made. */
  readerId: string;
  /** When it was made; milliseconds since 1970. */
  at: number;
}

/** A thread to read on paper or in any browser, without the program: the body of an exported page. */
export function ThreadDocument({ copy, readerId, at }: ThreadDocumentProps) {
  const { thread, people, messages, complete } = copy;
  const nameOf = (id: string) => copy.nameOf(id) ?? 'unknown person';
  const present = people.filter(({ data }) => data.leftAt === null);
  return (
    <main>
      <header>
        <h1>{thread.subject}</h1>
        <p>{formatList(present.map(({ id, data }) => copy.nameOf(id) ?? data.name))}</p>
        <p className="quiet">
          Exported from Parley by {nameOf(readerId)}, {formatFull(at)}
        </p>
        {complete ? null : (
          <p className="gap">Older messages were not on the device that made this file, and the server was away.</p>
        )}
      </header>
      {days(messages).map(({ day, rows }) => (
        <section key={day}>
          <h2>{longDay.format(day)}</h2>
          {rows.map((row) => (
            <Message key={row.id} row={row} copy={copy} nameOf={nameOf} />
          ))}
        </section>
      ))}
    </main>
  );
}

interface MessageProps {
  copy: ThreadCopy;
  row: LogMessage;
  nameOf: (id: string) => string;
}

function Message({ row, copy, nameOf }: MessageProps) {
  const { id, data } = row;
  const { seq, authorId, notice, text, replyTo, forwarded, reactions, createdAt, editedAt, deletedAt } = data;
  if (notice !== null) {
    return (
      <p id={id} className="quiet">
        {noticeWords(notice, nameOf, '')} · {formatClock(createdAt)}
      </p>
    );
  }
  const earlier = copy.revisions.get(id) ?? [];
  return (
    <article id={id} className={isNote(row) ? 'note' : undefined}>
      <h3>
        {authorId === null ? 'Parley' : nameOf(authorId)} <time>{formatClock(createdAt)}</time>
        {seq == null ? <span className="quiet"> · not sent yet</span> : null}
      </h3>
      {isNote(row) ? <p className="quiet">Note, only {copy.notesOf} sees this</p> : null}
      {replyTo === null ? null : (
        <p className="quiet">
          In reply to <a href={`#${replyTo}`}>an earlier message</a>
        </p>
      )}
      {forwarded ? <p className="quiet">Forwarded from {forwarded.authorName}</p> : null}
      {deletedAt === null ? (
        <Markdown text={text} personName={copy.nameOf} />
      ) : (
        <p className="quiet">This {isNote(row) ? 'note' : 'message'} was deleted.</p>
      )}
      {Object.entries(reactions).map(([emoji, ids]) => (
        <p key={emoji} className="quiet">
          {emoji} {formatList(ids.map(nameOf))}
        </p>
      ))}
      {editedAt === null || deletedAt !== null ? null : (
        <details>
          <summary>Edited {formatFull(editedAt)}</summary>
          {earlier.map((revision) => (
            <blockquote key={revision.writtenAt}>
              <Markdown text={revision.text} personName={copy.nameOf} />
            </blockquote>
          ))}
        </details>
      )}
    </article>
  );
}

function days(messages: ThreadCopy['messages']): { day: number; rows: ThreadCopy['messages'] }[] {
  const byDay = Map.groupBy(messages, ({ data }) => new Date(data.createdAt).setHours(0, 0, 0, 0));
  return [...byDay].map(([day, rows]) => ({ day, rows }));
}
