import { useEffect, useRef, useState } from 'react';
import { countsAsUnread } from '@parley/core/unread';
import type { LogMessage } from './timeline.ts';

export interface Divider {
  /** The read position it stands at. */
  seq: number;
  count: number;
}

export interface DividerOptions {
  rows: readonly LogMessage[];
  /** The read position when the thread was opened, and how much was unread then. */
  opened: Divider;
  personId: string;
  /** The read position now, and the mark epoch it belongs to. */
  position: { seq: number; markEpoch: number };
}

/** This many at once came while nobody could have been reading them. */
const BURST = 4;

/**
 * Where the line "n new" stands: at the read position the thread was opened with, and there it stays. Where all was
 * read, it comes with the first messages that arrive while nobody looks: the window is in the background, or many come
 * at once after a time without connection. Marking unread, here or on another device, moves it.
 */
export function useDivider({ rows, opened, personId, position }: DividerOptions): Divider | null {
  const [divider, setDivider] = useState<Divider | null>(opened.count > 0 ? opened : null);
  const highest = useRef<number | null>(null);
  const last = rows.findLast(({ data }) => data.seq !== null)?.data.seq ?? 0;
  const before = highest.current;

  const newlyUnread = (seq: number) =>
    rows.filter(({ data }) => (data.seq ?? 0) > seq && countsAsUnread(data, personId)).length;
  const [epoch, setEpoch] = useState(position.markEpoch);
  if (epoch !== position.markEpoch) {
    setEpoch(position.markEpoch);
    const count = newlyUnread(position.seq);
    setDivider(count > 0 ? { seq: position.seq, count } : null);
  }

  // Decided while drawing, so that the line and the rows below it appear together.
  if (before !== null && last > before && divider === null) {
    const count = newlyUnread(before);
    if (count > 0 && (count >= BURST || !document.hasFocus())) setDivider({ seq: before, count });
  }
  useEffect(() => {
    highest.current = last;
  }, [last]);
  return divider;
}
