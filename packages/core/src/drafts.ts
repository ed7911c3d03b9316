/** Drafts: what a person has begun to write, the same on every device, merged where two of them wrote. */
import { Refusal, type Mutator, type MutatorTx } from '@parley/sync/mutator';
import * as z from 'zod/mini';
import { threadScope, userScope } from './scopes.ts';
import type { Tables } from './tables.ts';
import { carried } from './text.ts';
import { accessThread } from './threads.ts';

/** The draft of a thread, or of the replies to one of its messages. */
export interface DraftRow {
  threadId: string;
  /** The message under which it is written; `null` in the thread itself. */
  rootId: string | null;
  /** Of a note. It never becomes a message, nor a message's draft a note. */
  kind?: 'note' | null;
  /** Grows with every sending: what belongs to an earlier one cannot bring sent text back. */
  generation: number;
  /** Yjs updates (base64) that make up the text. The server makes one of them. */
  updates: string[];
  /** As typed. Empty once it was sent or thrown away. */
  text: string;
  /** Milliseconds since 1970. */
  at: number;
}

/** Characters (UTF-16 units) of a draft at most; one that is longer stays on its device until it is shortened. */
export const DRAFT_LENGTH = 20_000;
// One act, with every character at its widest, still fits into one push.
const UPDATES_LENGTH = 120_000;
const UPDATES = 64;
// A few bytes for each device that wrote.
const KNOWN_LENGTH = 8_000;

/** The row's id. */
export const draftId = (threadId: string, rootId: string | null, kind?: 'note' | null): string => {
  const part = kind ?? rootId;
  return part === null ? threadId : `${threadId}.${part}`;
};

const place = {
  threadId: z.uuid(),
  rootId: z.nullable(z.uuid().check(z.lowercase())),
  kind: z.optional(z.literal('note')),
};
interface DraftPlace {
  threadId: string;
  rootId: string | null;
  kind?: 'note' | undefined;
}
const generation = z.int().check(z.gte(0));
const base64 = z.string().check(z.regex(/^[A-Za-z0-9+/]+={0,2}$/));
const draftText = z.pipe(z.string().check(z.maxLength(DRAFT_LENGTH)), z.transform(carried));

const mergeDraftArgs = z.object({
  ...place,
  generation,
  updates: z.array(base64).check(z.minLength(1), z.maxLength(UPDATES), z.refine(fit, 'This is too much for one act.')),
  /** The whole text here, for this device to show and to keep should the server refuse. */
  text: draftText,
  /** What of it is new: all that is kept where the rest has been sent meanwhile. */
  added: draftText,
  /** Of whom the last update is; theirs are whole, so that a later one takes its place (`Typed.writer`). */
  writer: z.optional(z.int()),
  /** Of the generation before, which waits to go out: how much of it was seen there (`DraftText.known`). */
  sent: z.optional(base64.check(z.maxLength(KNOWN_LENGTH))),
});
type MergeDraftArgs = z.infer<typeof mergeDraftArgs>;

/**
 * Adds what was typed on one device to the draft. Refused: `not_found`, `invalid`, `too_long`.
 *
 * Only the server, and the page that shows the draft, read the updates: here they are passed on as they are.
 */
export const mergeDraft: Mutator<Tables, MergeDraftArgs> = {
  name: 'mergeDraft',
  version: 1,
  args: mergeDraftArgs,
  lane: ({ threadId }) => threadScope(threadId),
  scopes: (_args, personId) => ({ write: [userScope(personId)] }),
  async run(tx, { threadId, rootId, kind, generation, updates, text, added, sent }) {
    await accessThread(tx, threadId);
    const row = await draftOf(tx, { threadId, rootId, kind });
    const isLate = (row?.generation ?? 0) > generation;
    const isSame = row?.generation === generation;
    // A later one: the earlier text is on its way as a message, which may have to wait.
    const before = isSame || isLate ? (row?.updates ?? []) : (await unseenOf(tx, row, sent)).updates;
    const next = {
      threadId,
      rootId,
      kind: kind ?? null,
      at: tx.now,
      generation: isLate && row ? row.generation : generation,
    };
    if (tx.side === 'client') {
      if (!isLate) putDraft(tx, { ...next, updates: [...before, ...updates], text });
      return;
    }
    if (isLate && added.trim() === '') return;
    const { appendToUpdates, mergeUpdates } = await import('./draft-text.ts');
    let merged;
    try {
      merged = isLate ? appendToUpdates(before, added) : mergeUpdates([...before, ...updates]);
    } catch {
      throw new Refusal('invalid', 'The server does not understand this draft.');
    }
    if (merged.text.length > DRAFT_LENGTH || merged.update.length > UPDATES_LENGTH) {
      throw new Refusal('too_long', 'This draft has become too long to be kept on every device.');
    }
    if (row && merged.text === row.text && merged.update === before[0]) return;
    putDraft(tx, { ...next, updates: [merged.update], text: merged.text });
  },
  join(earlier, later) {
    const isWhole = later.writer !== undefined && later.writer === earlier.writer;
    const updates = [...(isWhole ? earlier.updates.slice(0, -1) : earlier.updates), ...later.updates];
    const isSame = (['threadId', 'rootId', 'kind', 'generation'] as const).every((key) => earlier[key] === later[key]);
    if (!isSame || updates.length > UPDATES || !fit(updates)) return undefined;
    const added = earlier.added + later.added;
    const sent = later.sent ?? earlier.sent;
    return added.length > DRAFT_LENGTH ? undefined : { ...later, updates, added, ...(sent !== undefined && { sent }) };
  },
};

const discardDraftArgs = z.object(place);

/** Throws a draft away, also that of a thread one no longer takes part in. Refused: `not_found`. */
export const discardDraft: Mutator<Tables, z.infer<typeof discardDraftArgs>> = {
  name: 'discardDraft',
  version: 1,
  args: discardDraftArgs,
  lane: ({ threadId }) => threadScope(threadId),
  scopes: (_args, personId) => ({ write: [userScope(personId)] }),
  async run(tx, { threadId, rootId, kind }) {
    const row = await draftOf(tx, { threadId, rootId, kind });
    if (!row) throw new Refusal('not_found', 'This draft is not there.');
    await endDraft(tx, threadId, { rootId, kind, generation: row.generation });
  },
};

/** Which draft became what is being sent. */
export const sentDraft = z.object({
  rootId: place.rootId,
  kind: place.kind,
  generation,
  /** How much of the draft was seen where it was sent (`DraftText.known`); without it, all of it. */
  known: z.optional(base64.check(z.maxLength(UPDATES_LENGTH))),
});

/** The text went out: the draft begins anew, with what was typed elsewhere and not seen. For other mutators, which write the actor's own scope. */
export async function endDraft(
  tx: MutatorTx<Tables>,
  threadId: string,
  { rootId, kind, generation, known }: z.infer<typeof sentDraft>,
): Promise<void> {
  const row = await draftOf(tx, { threadId, rootId, kind });
  if ((row?.generation ?? 0) > generation) return;
  const unseen = await unseenOf(tx, row, known);
  putDraft(tx, { threadId, rootId, kind: kind ?? null, generation: generation + 1, ...unseen, at: tx.now });
}

/** What of a draft was typed elsewhere, and not known where it is sent. Only the server can tell. */
async function unseenOf(
  { side }: MutatorTx<Tables>,
  row: DraftRow | undefined,
  known: string | undefined,
): Promise<Pick<DraftRow, 'updates' | 'text'>> {
  const nothing = { updates: [], text: '' };
  if (side === 'client' || known === undefined || !row || row.text === '') return nothing;
  const { appendToUpdates, unknownText } = await import('./draft-text.ts');
  try {
    const rest = unknownText(row.updates, known);
    if (rest.trim() === '') return nothing;
    const { update, text } = appendToUpdates([], rest);
    return { updates: [update], text };
  } catch {
    throw new Refusal('invalid', 'The server does not understand what was known of the draft.');
  }
}

const draftOf = (tx: MutatorTx<Tables>, { threadId, rootId, kind }: DraftPlace) =>
  tx.get('draft', userScope(tx.personId), draftId(threadId, rootId, kind));

const putDraft = (tx: MutatorTx<Tables>, row: DraftRow): void =>
  tx.put('draft', userScope(tx.personId), draftId(row.threadId, row.rootId, row.kind), row);

function fit(updates: readonly string[]): boolean {
  return updates.reduce((length, update) => length + update.length, 0) <= UPDATES_LENGTH;
}
