import { threadScope, userScope } from '@parley/core/scopes';
import { standardSettings } from '@parley/core/settings';
import { announce, notify } from '@parley/ui';
import { useImperativeHandle, useMemo, useRef, type ReactNode, type Ref } from 'react';
import { v7 as uuidv7 } from 'uuid';
import { plainText } from '../markdown/plain-text.ts';
import { useEngine, usePersonId } from '../sync/engine-provider.tsx';
import { useRow } from '../sync/views.ts';
import { Composer, type ComposerHandle } from './composer.tsx';
import { authorName, type LogDoor } from './log-door.ts';
import { mentionNames, mentionsToTyped, type Mentionable } from './mentions.ts';
import { momentWords } from './schedule-times.ts';
import { useDraft } from './use-draft.ts';

/** What the composer is writing. */
export type Writing = { kind: 'message'; replyTo: string | null } | { kind: 'edit'; messageId: string };

export interface ThreadComposerProps {
  threadId: string;
  writing: Writing;
  label: string;
  people: readonly Mentionable[];
  personName: LogDoor['personName'];
  reads: ReactNode;
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

/** The composer of one thread: sends, replies, edits. Its text lives as a draft until it is safe as a message. */
export function ThreadComposer(props: ThreadComposerProps) {
  const { threadId, writing, label, people, personName, reads, draftKey, inReplies = false } = props;
  const { autoFocus = false, onLeave, onSent, onEditLast, ref } = props;
  const engine = useEngine();
  const personId = usePersonId();
  const { undoSeconds } = useRow(userScope(personId), 'settings', personId)?.data ?? standardSettings;
  const composer = useRef<ComposerHandle>(null);
  useImperativeHandle(ref, () => composer.current as ComposerHandle);
  const rootId = inReplies && writing.kind === 'message' ? writing.replyTo : null;
  const draft = useDraft(draftKey, writing.kind === 'edit' ? null : { threadId, rootId }, composer);
  const aboutId = writing.kind === 'edit' ? writing.messageId : writing.replyTo;
  const about = useRow(threadScope(threadId), 'message', aboutId ?? '');
  const names = useMemo(() => mentionNames(people), [people]);
  const edited = writing.kind === 'edit' ? mentionsToTyped(about?.data.text ?? '', names) : '';

  const send = async (text: string) => {
    const ended = draft.sent();
    const { saved } =
      writing.kind === 'edit'
        ? await engine.mutate('editMessage', { threadId, messageId: writing.messageId, text }, { clearDraft: draftKey })
        : await engine.mutate(
            'sendMessage',
            { threadId, messageId: uuidv7(), text, replyTo: writing.replyTo, ...(ended && { draft: ended }) },
            { clearDraft: draftKey, holdMs: undoSeconds * 1_000 },
          );
    if (writing.kind !== 'edit' && undoSeconds > 0) {
      announce(`Goes out in ${undoSeconds} seconds. The up arrow in the empty field takes it back.`);
    }
    if (writing.kind !== 'edit') onSent();
    await saved;
    if (writing.kind === 'edit') onLeave();
  };
  const schedule = async (text: string, at: number) => {
    const ended = draft.sent();
    const { saved } = await engine.mutate(
      'scheduleMessage',
      {
        ...{ threadId, messageId: uuidv7(), text, dueAt: at },
        replyTo: writing.kind === 'edit' ? null : writing.replyTo,
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
      placeholder={
        writing.kind === 'edit' ? 'Edit your message' : writing.replyTo === null ? 'Write a message' : 'Write a reply'
      }
      initialText={draft.initial === '' ? edited : draft.initial}
      onChange={draft.save}
      onSend={send}
      onSchedule={writing.kind === 'edit' ? undefined : schedule}
      people={people}
      reads={reads}
      sendLabel={writing.kind === 'edit' ? 'Save' : 'Send'}
      about={
        writing.kind === 'edit'
          ? { title: 'Edit', excerpt: quoted, onLeave: leave }
          : writing.replyTo === null || inReplies
            ? undefined
            : { title: 'Reply to', excerpt: quoted, onLeave: leave }
      }
      onEditLast={onEditLast}
      onRest={draft.rest}
      autoFocus={autoFocus}
    />
  );
}
