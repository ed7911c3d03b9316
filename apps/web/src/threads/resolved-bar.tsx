import { Button, Time } from '@parley/ui';
import { CircleCheck } from 'lucide-react';
import { useId } from 'react';

export interface ResolvedBarProps {
  /** Who resolved it, the reader as "you". */
  by: string;
  at: number;
  /** Whether writing reopens it. */
  reopens: boolean;
  /** `null`: what is being written does not. */
  onReopens: ((reopens: boolean) => void) | null;
  onReopen: () => void;
}

/** Above the composer of a resolved thread: that it is, and what writing into it does. */
export function ResolvedBar({ by, at, reopens, onReopens, onReopen }: ResolvedBarProps) {
  const id = useId();
  return (
    <div
      role="group"
      aria-label="Resolved"
      className="mx-4 mb-2 flex flex-wrap items-center gap-x-3 gap-y-1 rounded-lg bg-sunk py-1.5 pr-1.5 pl-3 text-sm text-ink-2 max-desk:mx-2 max-desk:pr-3"
    >
      <span className="flex min-w-0 flex-1 basis-40 items-center gap-2">
        <CircleCheck size={16} aria-hidden className="shrink-0" />
        <span>
          Resolved by {by}, <Time at={at} as="relative" />
        </span>
      </span>
      {onReopens === null ? null : (
        <label
          htmlFor={id}
          className="flex min-h-7 cursor-pointer items-center gap-2 select-none pointer-coarse:min-h-11"
        >
          <input
            id={id}
            type="checkbox"
            className="size-4 accent-(--accent)"
            checked={reopens}
            onChange={({ target }) => onReopens(target.checked)}
          />
          Writing reopens it
        </label>
      )}
      {/* A phone has it in the thread's menu. */}
      <Button size="small" className="max-desk:hidden" onClick={onReopen}>
        Reopen
      </Button>
    </div>
  );
}
