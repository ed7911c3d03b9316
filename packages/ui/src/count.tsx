import { classNames } from './class-names.ts';

export interface CountProps {
  value: number;
  /** What is counted, for assistive technology: "unread". */
  label: string;
  quiet?: boolean;
  className?: string;
}

/** A number in a pill, `99+` beyond; nothing at zero. */
export function Count({ value, label, quiet = false, className }: CountProps) {
  if (value <= 0) return null;
  return (
    <span
      className={classNames(
        'inline-grid h-4.5 min-w-4.5 place-items-center rounded-full px-1.5 text-[0.6875rem] leading-none font-[650] tabular-nums forced:border',
        quiet ? 'bg-sunk text-ink-2' : 'bg-accent text-on-accent',
        className,
      )}
    >
      <span>
        {value > 99 ? '99+' : value}
        <span className="sr-only"> {label}</span>
      </span>
    </span>
  );
}
