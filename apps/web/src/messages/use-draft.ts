import { useEffect, useMemo } from 'react';
import { saveBeforeReload } from '../shell/reload.ts';
import { useEngine } from '../sync/engine-provider.tsx';

/** Milliseconds between two writes to disk while somebody types; the first key is written at once. */
const REST_MS = 300;

export interface Draft {
  /** What was kept. */
  initial: string;
  save(text: string): void;
  /** Forgets what is not yet written: the text went out, and its draft with it. */
  sent(): void;
  /** Throws the draft away. */
  drop(): void;
}

/** What is typed under `key`, kept on this device while it is typed, and at once when the page is hidden. */
export function useDraft(key: string): Draft {
  const engine = useEngine();
  const { draft, flush } = useMemo(() => {
    let unwritten: string | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const write = async () => {
      if (unwritten === null) return;
      const text = unwritten;
      unwritten = null;
      await engine.saveDraft(key, text);
    };
    // A full disk shows when sending: the text itself stays in the field.
    const tryWrite = () => void write().catch(() => undefined);
    const made: Draft = {
      initial: engine.draft(key),
      save(text) {
        unwritten = text;
        if (timer !== undefined) return;
        tryWrite();
        timer = setTimeout(() => {
          timer = undefined;
          tryWrite();
        }, REST_MS);
      },
      sent() {
        unwritten = null;
      },
      drop() {
        unwritten = '';
        tryWrite();
      },
    };
    return { draft: made, flush: write };
  }, [engine, key]);

  useEffect(() => {
    const onHide = () => {
      if (document.visibilityState === 'hidden') void flush().catch(() => undefined);
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
  }, [flush]);
  return draft;
}
