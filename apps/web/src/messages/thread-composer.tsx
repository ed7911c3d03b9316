import { notesScope, threadPeopleScope, threadScope, userScope } from '@parley/core/scopes';
import { standardSettings } from '@parley/core/settings';
import { announce, notify } from '@parley/ui';
import { useCallback, useEffect, useImperativeHandle, useMemo, useRef, type ReactNode, type Ref } from 'react';
import { v7 as uuidv7 } from 'uuid';
import { plainText } from '../markdown/plain-text.ts';
import { useEngine, usePersonId } from '../sync/engine-provider.tsx';
import { useRealtimeMessaging } from '../sync/use-realtime-messaging.ts';
import { useRow } from '../sync/views.ts';
import { Composer, type ComposerHandle } from './composer.tsx';
import type { DraftPlace } from './draft-key.ts';
import { authorName, type LogDoor } from './log-door.ts';
import { mentionNames, mentionsToTyped, type Mentionable } from './mentions.ts';
import { momentWords } from './schedule-times.ts';
import { useDraft } from './use-draft.ts';
import { useFirstReach } from './use-first-reach.ts';

/** What the composer is writing; `notesOf` is the organisation whose note it is. */
export type Writing =
  | { kind: 'message'; replyTo: string | null }
  | { kind: 'note'; notesOf: string }
  | { kind: 'edit'; messageId: string; notesOf: string | null };

export interface ThreadComposerProps {
  threadId: string;
  writing: Writing;
  label: string;
  people: readonly Mentionable[];
  personName: LogDoor['personName'];
  reads: ReactNode;
  /** Where it can be chosen whether this is a message or a note. */
  audience?: ReactNode;
  /** Under what name its draft is kept. */
  draftKey: string;
  /** Inside a panel of replies it needs no quote to say so. */
  inReplies?: boolean;
  autoFocus?: boolean;
  /** Done, or Escape. */
  onLeave: () => void;
  onSent: () => void;
  onEditLast?: (() => void) | undefined;
  ref?: Ref<ComposerHandle>;
}

/** The composer of one thread: sends messages and notes, replies, edits. Its text lives as a draft until it is safe as a message. */
export function ThreadComposer(props: ThreadComposerProps) {
  const { threadId, writing, label, people, personName, reads, audience, draftKey, inReplies = false } = props;
  const { autoFocus = false, onLeave, onSent, onEditLast, ref } = props;
  const engine = useEngine();
  const personId = usePersonId();
  const { undoSeconds } = useRow(userScope(personId), 'settings', personId)?.data ?? standardSettings;
  const composer = useRef<ComposerHandle>(null);
  useImperativeHandle(ref, () => composer.current as ComposerHandle);
  const replyTo = writing.kind === 'message' ? writing.replyTo : null;
  const notesOf = writing.kind === 'message' ? null : writing.notesOf;
  const kind = writing.kind === 'note' ? 'note' : undefined;
  const place: DraftPlace = { threadId, rootId: inReplies ? replyTo : null, kind };
  const typing = useTyping(threadId, { kind: writing.kind, notesOf });
  const draft = useDraft(draftKey, writing.kind === 'edit' ? null : place, composer);
  const aboutId = (writing.kind === 'edit' ? writing.messageId : replyTo) ?? '';
  const message = useRow(threadScope(threadId), 'message', aboutId);
  const note = useRow(notesScope(threadId, notesOf ?? ''), 'note', aboutId);
  const about = notesOf === null ? message : note;
  const names = useMemo(() => mentionNames(people), [people]);
  const edited = writing.kind === 'edit' ? mentionsToTyped(about?.data.text ?? '', names) : '';

  const reach = useFirstReach(threadId, draftKey, () => {
    const organisations = engine
      .rows(threadPeopleScope(threadId), 'threadOrg')
      .map(({ id, data: { name, addedAt } }) => ({ id, name, addedAt }));
    const ownOrg = engine.row(userScope(personId), 'participation', threadId)?.data.actingOrg;
    if (notesOf !== null || ownOrg === undefined) return null;
    const own = engine
      .rows(threadScope(threadId), 'message')
      .filter(({ data }) => data.authorOrg === ownOrg && data.kind !== 'system');
    // An edit is not the first of anything.
    const lastOwnAt = writing.kind === 'edit' ? Infinity : (own.at(-1)?.data.createdAt ?? null);
    return { ownOrg, organisations, lastOwnAt, present: new Set(people.map(({ id }) => id)) };
  });

  const act = (text: string, ended: ReturnType<typeof draft.sent>) => {
    const clearDraft = draftKey;
    if (writing.kind === 'edit') {
      const edit = { threadId, messageId: writing.messageId, text };
      return writing.notesOf === null
        ? engine.mutate('editMessage', edit, { clearDraft })
        : engine.mutate('editNote', { ...edit, orgId: writing.notesOf }, { clearDraft });
    }
    const fresh = { threadId, messageId: uuidv7(), text, ...(ended && { draft: ended }) };
    const holdMs = undoSeconds * 1_000;
    return writing.kind === 'note'
      ? engine.mutate('sendNote', { ...fresh, orgId: writing.notesOf }, { clearDraft, holdMs })
      : engine.mutate('sendMessage', { ...fresh, replyTo: writing.replyTo }, { clearDraft, holdMs });
  };
  const type = (text: string) => {
    draft.save(text);
    if (text.trim() !== '') return typing(true);
    typing(false);
    reach.emptied();
  };
  const send = async (text: string) => {
    typing(false);
    reach.sent(text);
    const ended = draft.sent();
    const { saved } = await act(text, ended);
    if (writing.kind !== 'edit' && undoSeconds > 0) {
      announce(`Goes out in ${undoSeconds} seconds. The up arrow in the empty field takes it back.`);
    }
    if (writing.kind !== 'edit') onSent();
    await saved;
    if (writing.kind === 'edit') onLeave();
  };
  const schedule = async (text: string, at: number) => {
    typing(false);
    reach.sent(text);
    const ended = draft.sent();
    const { saved } = await engine.mutate(
      'scheduleMessage',
      {
        ...{ threadId, messageId: uuidv7(), text, dueAt: at },
        replyTo,
        ...(ended && { draft: ended }),
      },
      { clearDraft: draftKey },
    );
    onSent();
    await saved;
    notify(`Goes out ${momentWords(at)}. Until then it is among your drafts.`);
  };
  const leave = () => {
    if (writing.kind === 'edit') draft.drop();
    onLeave();
  };
  const quoted =
    about === undefined
      ? ''
      : `${authorName(about.data, personName)}: ${plainText(about.data.text, personName).slice(0, 160)}`;

  return (
    <Composer
      ref={composer}
      label={label}
      placeholder={placeholder(writing)}
      initialText={draft.initial === '' ? edited : draft.initial}
      onChange={type}
      confirm={reach.confirm}
      onPaste={reach.onPaste}
      onSend={send}
      onSchedule={writing.kind === 'message' ? schedule : undefined}
      people={people}
      reads={reads}
      audience={audience}
      isNote={notesOf !== null}
      sendLabel={writing.kind === 'edit' ? 'Save' : 'Send'}
      about={
        writing.kind === 'edit'
          ? { title: 'Edit', excerpt: quoted, onLeave: leave }
          : replyTo === null || inReplies
            ? undefined
            : { title: 'Reply to', excerpt: quoted, onLeave: leave }
      }
      onEditLast={onEditLast}
      onRest={draft.rest}
      autoFocus={autoFocus}
    />
  );
}

/** Says where it is seen that the person writes, until they go. A message that is there already is nothing to wait for. */
function useTyping(threadId: string, { kind, notesOf }: { kind: Writing['kind']; notesOf: string | null }) {
  const { sendTypingIndicator } = useRealtimeMessaging();
  const say = useCallback(
    (isTyping: boolean) => {
      if (kind !== 'edit') sendTypingIndicator(threadId, { isTyping, ...(notesOf !== null && { notesOf }) });
    },
    [sendTypingIndicator, threadId, kind, notesOf],
  );
  useEffect(() => () => say(false), [say]);
  return say;
}

function placeholder(writing: Writing): string {
  if (writing.kind === 'edit') return writing.notesOf === null ? 'Edit your message' : 'Edit your note';
  if (writing.kind === 'note') return 'Write a note';
  return writing.replyTo === null ? 'Write a message' : 'Write a reply';
}
