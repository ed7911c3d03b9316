import { useCallback, useEffect, useRef } from 'react';

export interface ReadMarkerOptions {
  /** The read position as known here. */
  readSeq: number;
  /** Writes a further one down. */
  mark: (seq: number) => void;
}

/** Reading on moves the position at most this often. */
const EVERY_MS = 800;

/**
 * Moves the read position to what came into sight, forward only, and only while somebody looks: the window has the
 * focus. Returns what is to be told of every place that is seen.
 */
export function useReadMarker({ readSeq, mark }: ReadMarkerOptions): (seq: number) => void {
  const state = useRef({ seen: 0, marked: 0, timer: undefined as ReturnType<typeof setTimeout> | undefined });
  const latest = useRef({ readSeq, mark });
  latest.current = { readSeq, mark };

  const settle = useCallback(() => {
    const now = state.current;
    const { readSeq: known, mark: write } = latest.current;
    if (now.seen <= Math.max(known, now.marked)) return;
    if (document.visibilityState !== 'visible' || !document.hasFocus()) return;
    now.marked = now.seen;
    write(now.seen);
  }, []);

  useEffect(() => {
    const now = state.current;
    window.addEventListener('focus', settle);
    document.addEventListener('visibilitychange', settle);
    return () => {
      window.removeEventListener('focus', settle);
      document.removeEventListener('visibilitychange', settle);
      clearTimeout(now.timer);
      now.timer = undefined;
      settle();
    };
  }, [settle]);

  return useCallback(
    (seq) => {
      const now = state.current;
      if (seq <= now.seen) return;
      now.seen = seq;
      if (now.timer !== undefined) return;
      settle();
      now.timer = setTimeout(() => {
        now.timer = undefined;
        settle();
      }, EVERY_MS);
    },
    [settle],
  );
}
