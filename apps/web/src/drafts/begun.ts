/** What a person has begun to write, from the drafts of all their devices and what this one keeps beside them. */
import { draftId, type DraftRow } from '@parley/core/drafts';
import type { ViewRow } from '@parley/sync/client';
import { draftKeyOf, type DraftPlace } from '../messages/draft-key.ts';

export interface Begun extends DraftPlace {
  id: string;
  text: string;
  /** Milliseconds since 1970; `null` while this device alone knows the text. */
  at: number | null;
}

export interface BegunInput {
  drafts: readonly ViewRow<DraftRow>[];
  /** Threads the person takes part in. */
  threadIds: readonly string[];
  /** What is kept under a name on this device. */
  kept: (key: string) => string;
}

/** The latest first. A page that was left in the middle of a word has kept it, and told nobody yet: that goes first. */
export function begun({ drafts, threadIds, kept }: BegunInput): Begun[] {
  const known = new Set(drafts.map(({ id }) => id));
  const unknown = threadIds
    .flatMap((threadId): DraftPlace[] => [
      { threadId, rootId: null },
      { threadId, rootId: null, kind: 'note' },
    ])
    .filter(({ threadId, rootId, kind }) => !known.has(draftId(threadId, rootId, kind)));
  const all = [
    ...drafts.map(({ data }) => ({ place: { ...data, kind: data.kind ?? undefined }, row: data })),
    ...unknown.map((place) => ({ place, row: undefined })),
  ];
  return all
    .map(({ place: { threadId, rootId, kind }, row }): Begun => {
      const stored = row?.text ?? '';
      const text = kept(draftKeyOf({ threadId, rootId, kind })) || stored;
      const at = row && text === stored ? row.at : null;
      return { id: draftId(threadId, rootId, kind), threadId, rootId, kind, text, at };
    })
    .filter(({ text }) => text.trim() !== '')
    .sort((one, other) => (other.at ?? Infinity) - (one.at ?? Infinity) || (one.id < other.id ? 1 : -1));
}
