import { useSyncExternalStore } from 'react';
import { formatClock, formatDay, formatFull, formatRelative, formatShort } from './time-format.ts';

const minute = 60_000;
const listeners = new Set<() => void>();
let ticker: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  ticker ??= setInterval(() => listeners.forEach((notify) => notify()), minute / 2);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(ticker);
    ticker = undefined;
  };
}

/** The present in milliseconds, cut to the minute; one timer for all who look at it. */
export function useMinute(): number {
  return useSyncExternalStore(subscribe, () => Math.floor(Date.now() / minute) * minute);
}

export interface TimeProps {
  /** Milliseconds since the epoch. */
  at: number;
  /** `clock` 14:32 · `short` 14:32, Fri, 3 Nov · `day` Today, Monday, 3 November · `relative` 2 minutes ago */
  as?: 'clock' | 'short' | 'day' | 'relative';
  className?: string;
}

/** An instant in the reader's language and time zone, the whole of it on hover. */
export function Time({ at, as = 'short', className }: TimeProps) {
  if (!Number.isFinite(at) || Math.abs(at) > 8.64e15) return null;
  return (
    <time dateTime={new Date(at).toISOString()} title={formatFull(at)} className={className}>
      {as === 'clock' ? formatClock(at) : as === 'relative' ? <Relative at={at} /> : <Dated at={at} as={as} />}
    </time>
  );
}

function Relative({ at }: { at: number }) {
  // Whole minutes on both sides, or something of a moment ago would lie in the future.
  return formatRelative(Math.floor(at / minute) * minute, useMinute());
}

function Dated({ at, as }: { at: number; as: 'short' | 'day' }) {
  const now = useMinute();
  return as === 'short' ? formatShort(at, now) : formatDay(at, now);
}
