import { useCallback, useEffect, useRef } from 'react';

export interface ReadMarkerOptions {
  /** The read position as known here. */
  readSeq: number;
  /** The epoch of that position. */
  markEpoch: number;
  /** Writes a further one down. */
  mark: (seq: number) => void;
}

export interface ReadMarker {
  /** To be told of every place that is seen. */
  onSeen: (seq: number) => void;
  /** Reading goes on after something was marked unread. */
  goOn: () => void;
}

/** Reading on moves the position at most this often. */
const EVERY_MS = 800;

const somebodyLooks = (): boolean => document.visibilityState === 'visible' && document.hasFocus();

/**
 * Moves the read position to what came into sight, forward only, and only while somebody looks: the window has the
 * focus. What was looked at last is written at once when the page is left or hidden. Once something was marked unread it
 * leaves the position alone until the reader goes on: writes, or comes back to the thread.
 */
export function useReadMarker({ readSeq, markEpoch, mark }: ReadMarkerOptions): ReadMarker {
  const state = useRef({
    seen: 0,
    looked: 0,
    marked: 0,
    timer: undefined as ReturnType<typeof setTimeout> | undefined,
  });
  const latest = useRef({ readSeq, markEpoch, mark });
  latest.current = { readSeq, markEpoch, mark };
  const epoch = useRef(markEpoch);

  const settle = useCallback(() => {
    const now = state.current;
    const { readSeq: known, mark: write } = latest.current;
    if (somebodyLooks()) now.looked = now.seen;
    if (latest.current.markEpoch !== epoch.current) return;
    if (now.looked <= Math.max(known, now.marked)) return;
    now.marked = now.looked;
    write(now.looked);
  }, []);

  useEffect(() => {
    const now = state.current;
    window.addEventListener('focus', settle);
    window.addEventListener('pagehide', settle);
    document.addEventListener('visibilitychange', settle);
    return () => {
      window.removeEventListener('focus', settle);
      window.removeEventListener('pagehide', settle);
      document.removeEventListener('visibilitychange', settle);
      clearTimeout(now.timer);
      now.timer = undefined;
      settle();
    };
  }, [settle]);

  const onSeen = useCallback(
    (seq: number) => {
      const now = state.current;
      if (seq <= now.seen) return;
      now.seen = seq;
      if (somebodyLooks()) now.looked = seq;
      if (now.timer !== undefined) return;
      settle();
      now.timer = setTimeout(() => {
        now.timer = undefined;
        settle();
      }, EVERY_MS);
    },
    [settle],
  );
  const goOn = useCallback(() => {
    if (epoch.current === latest.current.markEpoch) return;
    epoch.current = latest.current.markEpoch;
    state.current.marked = 0;
    settle();
  }, [settle]);
  return { onSeen, goOn };
}
