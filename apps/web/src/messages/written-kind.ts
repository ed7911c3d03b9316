/** Whether the composer of a partner thread begins with a message or with a note. */
import { draftId } from '@parley/core/drafts';
import { userScope } from '@parley/core/scopes';
import { useState } from 'react';
import { useEngine, usePersonId } from '../sync/engine-provider.tsx';
import { draftKeyOf } from './draft-key.ts';

export type WrittenKind = 'message' | 'note';

export interface Begun {
  /** What was chosen last in this thread. */
  chosen: WrittenKind | null;
  /** What is begun: the drafts of both. */
  message: string;
  note: string;
}

/** What was chosen, else what has been begun; of both a message, as where nothing is begun. */
export const writtenKind = ({ chosen, message, note }: Begun): WrittenKind =>
  chosen ?? (note.trim() !== '' && message.trim() === '' ? 'note' : 'message');

/** The choice lasts as long as this tab: a reload comes back to it. */
export function useWrittenKind(threadId: string): [WrittenKind, (kind: WrittenKind) => void] {
  const engine = useEngine();
  const personId = usePersonId();
  const [kind, setKind] = useState(() => {
    const begun = (draft: 'note' | undefined) =>
      engine.draft(draftKeyOf({ threadId, rootId: null, kind: draft })) ||
      (engine.row(userScope(personId), 'draft', draftId(threadId, null, draft))?.data.text ?? '');
    return writtenKind({ chosen: chosenIn(threadId), message: begun(undefined), note: begun('note') });
  });
  const choose = (next: WrittenKind) => {
    sessionStorage.setItem(itemOf(threadId), next);
    setKind(next);
  };
  return [kind, choose];
}

const itemOf = (threadId: string): string => `parley.writes.${threadId}`;

function chosenIn(threadId: string): WrittenKind | null {
  const kept = sessionStorage.getItem(itemOf(threadId));
  return kept === 'note' || kept === 'message' ? kept : null;
}
