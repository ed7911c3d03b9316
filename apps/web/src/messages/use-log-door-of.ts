import { notesScope, threadScope } from '@parley/core/scopes';
import { notify } from '@parley/ui';
import { useMemo, useRef, type RefObject } from 'react';
import { attempt } from '../sync/attempt.ts';
import { useEngine, usePersonId } from '../sync/engine-provider.tsx';
import { markUnreadFrom } from '../threads/mark-unread.ts';
import { itemText } from '../sync/item-words.ts';
import type { ComposerHandle } from './composer.tsx';
import { rememberCopied } from './copied.ts';
import { draftKeyOf } from './draft-key.ts';
import { authorName, type LogDoor } from './log-door.ts';
import { mentionNames, mentionsToTyped, type Mentionable } from './mentions.ts';
import { messageState } from './message-state.ts';
import { quoted } from './quoted.ts';
import type { Writing } from './thread-composer.tsx';
import type { ThreadLogHandle } from './thread-log.tsx';
import { isNote, type LogMessage } from './timeline.ts';
import { useSelfIds } from './use-self-ids.ts';

export interface LogDoorParts {
  threadId: string;
  /** The organisation the reader acts for, and its name. */
  orgId: string;
  orgName: string;
  mentionable: readonly Mentionable[];
  personName: LogDoor['personName'];
  mayWrite: boolean;
  /** Whether the reader may delete messages of others here, and notes. */
  mayDeleteMessages: boolean;
  mayDeleteNotes: boolean;
  log: RefObject<ThreadLogHandle | null>;
  composer: RefObject<ComposerHandle | null>;
  /** What the composer holds. */
  writing: Writing;
  onWrite: (writing: Writing) => void;
  onDelete: (messageId: string) => void;
  onReplies: (rootId: string) => void;
  /** Whether there is something to be said about who has read. */
  receipts: boolean;
  onReaders: (messageId: string) => void;
  onForward: (messageId: string) => void;
}

/** What the rows of a thread can reach. Changes only with names and rights, or every row would be drawn anew. */
export function useLogDoorOf(parts: LogDoorParts): LogDoor {
  const { threadId, orgId, orgName, personName, mayWrite, mayDeleteMessages, mayDeleteNotes, receipts } = parts;
  const engine = useEngine();
  const personId = usePersonId();
  const selfIds = useSelfIds(threadId);
  const latest = useRef(parts);
  latest.current = parts;

  return useMemo((): LogDoor => {
    const scope = threadScope(threadId);
    const notes = notesScope(threadId, orgId);
    const notesOf = (messageId: string) => (engine.row(notes, 'note', messageId) === undefined ? null : orgId);
    const scopeOf = (messageId: string) => (notesOf(messageId) === null ? scope : notes);
    const typed = (text: string) => mentionsToTyped(text, mentionNames(latest.current.mentionable));
    const linkTo = (messageId: string) => `${location.origin}/t/${threadId}#m-${messageId}`;
    const focus = () => requestAnimationFrame(() => latest.current.composer.current?.focus());
    /** Text that goes back into the composer is on disk before the queue forgets it. */
    const intoComposer = async (text: string, to: Exclude<Writing, { kind: 'edit' }>) => {
      const { composer, writing, onWrite } = latest.current;
      const key = draftKeyOf({ threadId, rootId: null, kind: to.kind === 'note' ? 'note' : undefined });
      if (writing.kind !== to.kind || composer.current === null) {
        await engine.saveDraft(key, [text, engine.draft(key)].filter(Boolean).join('\n\n'));
      } else {
        await engine.saveDraft(key, composer.current.giveBack(text));
      }
      onWrite(to);
      focus();
    };
    const takeBack = async (row: LogMessage) => {
      const { failed, held } = messageState(row);
      const item = failed ?? held;
      if (item === null) return;
      if (held !== null && !(await engine.withdraw(held.id))) return void notify('This message has gone out already.');
      const text = typed(itemText(item) ?? '');
      if (item.name === 'editMessage' || item.name === 'editNote') {
        await engine.saveDraft(`edit.${row.id}`, text);
        latest.current.onWrite({ kind: 'edit', messageId: row.id, notesOf: notesOf(row.id) });
      } else {
        const { replyTo } = row.data;
        await intoComposer(text, isNote(row) ? { kind: 'note', notesOf: orgId } : { kind: 'message', replyTo });
      }
      await engine.discard(item.id);
    };
    return {
      personId,
      selfIds,
      personName,
      noteReaders: orgName,
      mayWrite,
      mayDelete: (row) => row.data.authorId === personId || (isNote(row) ? mayDeleteNotes : mayDeleteMessages),
      react(messageId, emoji, on) {
        const reaction = { threadId, messageId, emoji, on };
        const ofNotes = notesOf(messageId) === null ? null : { ...reaction, orgId };
        void attempt(ofNotes ? engine.mutate('reactToNote', ofNotes) : engine.mutate('react', reaction));
      },
      reply(messageId) {
        // A thread of replies has one root; replying to a reply joins it.
        const root = engine.row(scope, 'message', messageId)?.data.replyTo ?? messageId;
        latest.current.onWrite({ kind: 'message', replyTo: root });
        focus();
      },
      edit(messageId) {
        latest.current.onWrite({ kind: 'edit', messageId, notesOf: notesOf(messageId) });
      },
      remove: (messageId) => latest.current.onDelete(messageId),
      copy(text, words, from) {
        navigator.clipboard.writeText(typed(text)).then(
          () => {
            if (from !== undefined) rememberCopied(typed(text), scopeOf(from));
            notify(words);
          },
          () => notify('This browser did not allow copying.', { tone: 'bad' }),
        );
      },
      scopeOf,
      linkTo,
      jumpTo: (messageId) => latest.current.log.current?.jumpTo(messageId),
      quote(messageId, part) {
        const message = engine.row(scope, 'message', messageId)?.data;
        if (message === undefined) return;
        // A quoted name is no mention: nobody is told again.
        const names = new Map(latest.current.mentionable.map(({ id, name }) => [id, name]));
        const text = part ?? mentionsToTyped(message.text, names, '');
        const quote = quoted({ text, author: authorName(message, personName), link: linkTo(messageId) });
        if (latest.current.writing.kind === 'edit') {
          latest.current.onWrite({ kind: 'message', replyTo: null });
          requestAnimationFrame(() => latest.current.composer.current?.append(quote));
        } else latest.current.composer.current?.append(quote);
      },
      forward: (messageId) => latest.current.onForward(messageId),
      pin: (messageId, on) => void attempt(engine.mutate('pinMessage', { threadId, messageId, on })),
      save: (messageId, on) => void attempt(engine.mutate(on ? 'saveMessage' : 'forgetSaved', { threadId, messageId })),
      openReplies: (messageId) => latest.current.onReplies(messageId),
      openReaders: receipts ? (messageId) => latest.current.onReaders(messageId) : null,
      markUnread(messageId) {
        const seq = engine.row(scope, 'message', messageId)?.data.seq;
        if (seq != null) void markUnreadFrom({ engine, personId, threadId }, seq);
      },
      revisionsOf: (messageId) =>
        (notesOf(messageId) === null ? engine.rows(scope, 'revision') : engine.rows(notes, 'noteRevision'))
          .filter(({ data }) => data.messageId === messageId)
          .map(({ data }) => data)
          .sort((one, other) => other.writtenAt - one.writtenAt),
      retry: (itemId) => void attempt(engine.retry(itemId)),
      discard: (itemId) => void engine.discard(itemId),
      takeBack: (row) => void takeBack(row),
      sendNow: (itemId) => void attempt(engine.sendNow(itemId)),
    };
  }, [
    engine,
    threadId,
    orgId,
    orgName,
    personId,
    selfIds,
    personName,
    mayWrite,
    mayDeleteMessages,
    mayDeleteNotes,
    receipts,
  ]);
}
