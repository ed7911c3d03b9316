import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';

const tones = {
  neutral: 'bg-sunk text-ink-2',
  accent: 'bg-accent-soft text-accent-strong',
  outside: 'bg-outside-soft text-outside',
  note: 'bg-note text-note-ink',
  bad: 'bg-bad-soft text-bad',
} as const;

/** A short word about the thing beside it. `outside` only ever means people of another organisation. */
export function Chip({
  tone = 'neutral',
  children,
  className,
}: {
  tone?: keyof typeof tones;
  children: ReactNode;
  className?: string;
}) {
  return (
    <span
      className={classNames(
        'inline-flex items-center gap-1 rounded-full px-2 py-0.5 text-sm font-[550] whitespace-nowrap forced:border',
        tones[tone],
        className,
      )}
    >
      {children}
    </span>
  );
}
