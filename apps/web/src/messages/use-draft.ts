import { draftId } from '@parley/core/drafts';
import { userScope } from '@parley/core/scopes';
import { useEffect, useMemo, type RefObject } from 'react';
import { saveBeforeReload } from '../shell/reload.ts';
import { useEngine, usePersonId, type ParleyEngine } from '../sync/engine-provider.tsx';
import type { ComposerHandle } from './composer.tsx';
import type { DraftPlace } from './draft-key.ts';
import type { DraftBase, DraftSync } from './draft-sync.ts';

/** Milliseconds between two writes to disk while somebody types; the first key is written at once. */
const REST_MS = 300;

export interface Draft {
  /** What was kept. */
  initial: string;
  save(text: string): void;
  /** The field was left, or an input method has finished: a good moment to tell other devices, and to hear of them. */
  rest(): void;
  /**
   * Forgets what is not yet written: the text went out, and its draft with it.
   * @returns the draft that other devices know and that ends with it
   */
  sent(): (Omit<DraftPlace, 'threadId'> & { generation: number; known?: string }) | undefined;
  /** Throws the draft away. */
  drop(): void;
}

/** By key: those whose field is gone and whose last words are not in the queue yet. Opened again, each knows them for its own. */
const closing = new WeakMap<ParleyEngine, Map<string, { sync: DraftSync }>>();

/**
 * What is typed under `key`, kept on this device while it is typed, and at once when the page is hidden. With a place in
 * a thread it is then handed on to the person's other devices.
 */
export function useDraft(
  key: string,
  place: DraftPlace | null = null,
  composer: RefObject<ComposerHandle | null> | null = null,
): Draft {
  const engine = useEngine();
  const personId = usePersonId();
  const threadId = place?.threadId;
  const rootId = place?.rootId ?? null;
  const kind = place?.kind;
  const { draft, flush, watch } = useMemo(() => {
    const at: DraftPlace | null = threadId === undefined ? null : { threadId, rootId, kind };
    const row = () => at && engine.row(userScope(personId), 'draft', draftId(at.threadId, at.rootId, at.kind))?.data;
    const kept = engine.draft(key);
    const mounted = row();
    const initial = kept === '' ? (mounted?.text ?? '') : kept;
    // What is kept beside the text, so that it can be told from what came from elsewhere since, also after a crash.
    const baseKey = baseKeyOf(key);
    let base: DraftBase = (kept === '' ? null : baseOf(engine.draft(baseKey))) ?? {
      generation: mounted?.generation ?? 0,
      updates: kept === '' ? (mounted?.updates ?? []) : [],
    };
    let isBased = kept !== '';
    let latest = initial;
    let sync: DraftSync | null = null;
    let before = kept === '' ? undefined : closing.get(engine)?.get(key)?.sync;
    let opening = false;
    let isOpen = true;
    let unwritten: string | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;

    const write = async () => {
      if (unwritten === null) return;
      const text = unwritten;
      unwritten = null;
      if (at && !isBased && text !== '') {
        isBased = true;
        const { generation, updates } = (sync && row()) ?? base;
        // Both at once: a text that is written after its sending would be back.
        const based = engine.saveDraft(baseKey, JSON.stringify({ generation, updates }));
        await Promise.all([based, engine.saveDraft(key, text)]);
        return;
      }
      await engine.saveDraft(key, text);
    };
    // A full disk shows when sending: the text itself stays in the field.
    const tryWrite = () => void write().catch(() => undefined);
    const keep = (text: string, typed: boolean) => {
      latest = text;
      isBased = false;
      unwritten = typed ? text : null;
      if (typed) tryWrite();
      else void forgetKept(engine, key).catch(() => undefined);
    };
    const openSync = () => {
      if (at === null || sync !== null || opening) return;
      opening = true;
      import('./draft-sync.ts').then(
        ({ DraftSync: Sync }) => {
          opening = false;
          if (isOpen) sync = new Sync(options(at));
        },
        // Not to be had just now: the text stays on this device, and the next key tries again.
        () => {
          opening = false;
        },
      );
    };
    const options = (place: DraftPlace) => ({
      ...{ engine, personId, place, base, text: latest, keep },
      composer: () => composer?.current ?? null,
    });
    const made: Draft = {
      initial,
      save(text) {
        latest = text;
        unwritten = text;
        if (sync) sync.edit(text);
        else openSync();
        if (timer !== undefined) return;
        tryWrite();
        timer = setTimeout(() => {
          timer = undefined;
          tryWrite();
        }, REST_MS);
      },
      rest() {
        sync?.look();
        void sync?.queue();
      },
      sent() {
        unwritten = null;
        isBased = false;
        latest = '';
        const known = row();
        const ended = sync
          ? sync.sent()
          : at && known && known.text !== ''
            ? { rootId, kind, generation: known.generation }
            : undefined;
        base = ended ? { generation: ended.generation + 1, updates: [] } : { ...base, updates: known?.updates ?? [] };
        return ended;
      },
      drop() {
        unwritten = '';
        tryWrite();
      },
    };
    return {
      draft: made,
      flush: write,
      /** Follows other devices while the composer is there. Returns how to stop. */
      watch() {
        isOpen = true;
        if (at === null) return () => undefined;
        if (before) {
          sync = before;
          isBased = false;
          sync.open(options(at));
        }
        if (kept !== '') openSync();
        const look = () => {
          if (row() !== mounted) openSync();
        };
        const stop = engine.subscribe(userScope(personId), 'draft', look);
        look();
        return () => {
          isOpen = false;
          stop();
          if (sync === null) return;
          base = row() ?? base;
          before = sync;
          sync = null;
          void leave(engine, key, before);
        };
      },
    };
  }, [engine, personId, key, threadId, rootId, kind, composer]);

  useEffect(() => watch(), [watch]);
  useEffect(() => {
    const onHide = () => {
      if (document.visibilityState !== 'hidden') return;
      void flush().catch(() => undefined);
      draft.rest();
    };
    document.addEventListener('visibilitychange', onHide);
    window.addEventListener('pagehide', onHide);
    const stop = saveBeforeReload(flush);
    return () => {
      document.removeEventListener('visibilitychange', onHide);
      window.removeEventListener('pagehide', onHide);
      stop();
      void flush().catch(() => undefined);
    };
  }, [flush, draft]);
  return draft;
}

const baseKeyOf = (key: string): string => `base.${key}`;

async function leave(engine: ParleyEngine, key: string, sync: DraftSync): Promise<void> {
  const ofEngine = closing.get(engine) ?? new Map<string, { sync: DraftSync }>();
  const left = { sync };
  closing.set(engine, ofEngine.set(key, left));
  await sync.close();
  if (ofEngine.get(key) === left) ofEngine.delete(key);
}

/** What was typed under `key` is not needed here any more. */
export async function forgetKept(engine: ParleyEngine, key: string): Promise<void> {
  // Both at once: what is typed meanwhile keeps its base.
  await Promise.all([engine.saveDraft(key, ''), engine.saveDraft(baseKeyOf(key), '')]);
}

function baseOf(stored: string): DraftBase | null {
  return stored === '' ? null : (JSON.parse(stored) as DraftBase);
}
