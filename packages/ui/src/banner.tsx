import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';

const tones = {
  neutral: 'bg-sunk text-ink-2',
  bad: 'bg-bad-soft text-bad',
  outside: 'bg-outside-soft text-outside',
} as const;

export interface BannerProps {
  tone?: keyof typeof tones;
  icon?: ReactNode;
  /** A button at the end of the line. */
  action?: ReactNode;
  children: ReactNode;
}

/** One line across the top of a region that says what is so and what happens next. Changes are announced politely. */
export function Banner({ tone = 'neutral', icon, action, children }: BannerProps) {
  return (
    <div
      role="status"
      className={classNames(
        'flex min-h-9 items-center gap-2.5 border-b border-line px-5 py-1.5 text-sm font-medium max-desk:px-3',
        tones[tone],
      )}
    >
      {icon}
      <div className="min-w-0 flex-1">{children}</div>
      {action}
    </div>
  );
}
