/**
 * The draft that is open in a composer, kept in step with the person's other devices. Loaded when it is needed: Yjs comes
 * with it.
 */
import { DraftText } from '@parley/core/draft-text';
import { DRAFT_LENGTH, draftId, type DraftRow } from '@parley/core/drafts';
import { userScope } from '@parley/core/scopes';
import type { ParleyEngine } from '../sync/engine-provider.tsx';
import type { ComposerHandle } from './composer.tsx';
import type { DraftPlace } from './draft-key.ts';

/** Milliseconds of silence after which the other devices are told. */
const SILENCE_MS = 1_000;

/** Which draft became a message, or a note, and how much of it was seen. */
interface SentDraft extends Pick<DraftPlace, 'rootId' | 'kind'> {
  generation: number;
  known: string;
}

/** What the text of a draft was made from. */
export type DraftBase = Pick<DraftRow, 'generation' | 'updates'>;

export interface DraftSyncOptions {
  engine: ParleyEngine;
  personId: string;
  place: DraftPlace;
  base: DraftBase;
  /** What was made of the base since. */
  text: string;
  composer: () => ComposerHandle | null;
  /** Keeps on this device what the field shows, where something in it (`typed`) is not in the queue yet. */
  keep: (text: string, typed: boolean) => void;
}

export class DraftSync {
  #options: DraftSyncOptions;
  #stop: () => void = () => undefined;
  #draft: DraftText;
  #generation: number;
  #seen: DraftRow | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #queueing: Promise<void> | null = null;

  constructor(options: DraftSyncOptions) {
    this.#options = options;
    this.#draft = new DraftText(options.base.updates);
    this.#generation = options.base.generation;
    this.open(options);
  }

  /** Goes on in a field, also in another one than it was closed in, whose base is then of no account. */
  open(options: DraftSyncOptions): void {
    this.#options = options;
    this.edit(options.text);
    this.#stop = options.engine.subscribe(userScope(options.personId), 'draft', () => this.look());
    this.look();
  }

  edit(text: string): void {
    this.#draft.edit(text);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.queue(), SILENCE_MS);
  }

  /** Puts what was typed into the queue. What is refused stays where it is typed. */
  async queue(): Promise<void> {
    clearTimeout(this.#timer);
    while (this.#queueing) await this.#queueing;
    const draft = this.#draft;
    const typed = draft.typed();
    const { text } = draft;
    if (typed === null || text.length > DRAFT_LENGTH) return;
    const { update, added, writer } = typed;
    this.#queueing = this.#mutate({ updates: [update], text, added, writer }).then(
      () => {
        draft.tell(typed);
        this.#queueing = null;
        if (draft === this.#draft) this.#options.keep(draft.text, draft.typed() !== null);
      },
      () => {
        this.#queueing = null;
      },
    );
    await this.#queueing;
  }

  /** Takes in what came from elsewhere; waits while an input method composes. */
  look(): void {
    const composer = this.#options.composer();
    const row = this.#row();
    if (row === undefined || row === this.#seen || composer === null) return;
    // The cache is behind what was typed here, as that of a new release may be.
    if (row.generation < this.#generation && this.#seen === undefined) return;
    const { text, start, end, composing } = composer.read();
    if (composing) return;
    this.#seen = row;
    if (row.generation === this.#generation) {
      const [from = 0, to = 0] = this.#draft.merge(row.updates, [start, end]);
      if (this.#draft.text !== text) this.#show(composer, from, to);
      return;
    }
    if (row.generation > this.#generation) {
      // Sent elsewhere: only what nobody was told of is left.
      const rest = this.#draft.added.trim();
      this.#begin(row);
      if (rest !== '') this.edit(row.text === '' ? rest : `${this.#draft.text}\n${rest}`);
    } else {
      // A sending was taken back: the text is here again.
      this.#begin(row);
      this.edit(text);
    }
    if (this.#draft.text !== text) this.#show(composer, this.#draft.text.length, this.#draft.text.length);
  }

  /** The text goes out now. @returns which draft ends with it, where others know of one */
  sent(): SentDraft | undefined {
    clearTimeout(this.#timer);
    const row = this.#row();
    const isKnown = this.#queueing !== null || (row?.text ?? '') !== '';
    const { rootId, kind } = this.#options.place;
    const ended = { rootId, kind, generation: this.#generation, known: this.#draft.known };
    if (isKnown) this.#begin({ generation: this.#generation + 1, updates: [] });
    else this.#begin({ generation: this.#generation, updates: row?.updates ?? [] });
    return isKnown ? ended : undefined;
  }

  /** The field is gone. Resolves when what was typed in it is in the queue, or was refused. */
  async close(): Promise<void> {
    this.#stop();
    await this.queue();
  }

  #begin({ generation, updates }: DraftBase): void {
    this.#generation = generation;
    this.#draft = new DraftText(updates);
  }

  #show(composer: ComposerHandle, start: number, end: number): void {
    composer.show(this.#draft.text, start, end);
    this.#options.keep(this.#draft.text, this.#draft.typed() !== null);
  }

  async #mutate(what: { updates: string[]; text: string; added: string; writer: number }): Promise<void> {
    const { engine, place } = this.#options;
    const sent = this.#seenOfWaiting();
    const args = { ...place, generation: this.#generation, ...what, ...(sent !== undefined && { sent }) };
    const { saved } = await engine.mutate('mergeDraft', args);
    await saved;
  }

  /** How much was seen of the generation before, where that can still be taken back and so goes out after this one. */
  #seenOfWaiting(): string | undefined {
    const { engine, place } = this.#options;
    for (const { args, heldUntil, state } of engine.items()) {
      const { threadId, draft } = (args ?? {}) as { threadId?: string; draft?: Partial<SentDraft> };
      const isHeld = heldUntil !== null && state !== 'failed' && threadId === place.threadId;
      const isOfPlace = draft?.rootId === place.rootId && draft.kind === place.kind;
      if (isHeld && isOfPlace && draft.generation === this.#generation - 1) return draft.known;
    }
    return undefined;
  }

  #row(): DraftRow | undefined {
    const { engine, personId, place } = this.#options;
    return engine.row(userScope(personId), 'draft', draftId(place.threadId, place.rootId, place.kind))?.data;
  }
}
