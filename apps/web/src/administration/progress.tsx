export interface ProgressProps {
  label: string;
  done: number;
  total: number;
  /** The same in words: bytes, messages. */
  words: string;
}

/** How far something is, as a bar and in words. */
export function Progress({ label, done, total, words }: ProgressProps) {
  const share = total > 0 ? Math.min(1, done / total) : 0;
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4">
        <p className="min-w-0 truncate text-base font-semibold">{label}</p>
        <p className="text-sm text-ink-3 tabular-nums">{words}</p>
      </div>
      <div
        role="progressbar"
        aria-label={label}
        aria-valuenow={Math.round(share * 100)}
        aria-valuetext={words}
        className="h-2 overflow-hidden rounded-full bg-sunk forced:border"
      >
        <div
          className="h-full origin-left rounded-full bg-accent transition-transform forced:bg-[Highlight]"
          style={{ transform: `scaleX(${share})` }}
        />
      </div>
    </div>
  );
}
