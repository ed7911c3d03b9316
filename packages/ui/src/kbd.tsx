import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';

/** A key or chord. */
export function Kbd({ children, className }: { children: ReactNode; className?: string }) {
  return (
    <kbd
      className={classNames(
        'inline-block rounded-xs border border-line-strong px-1.25 py-0.75 font-sans text-xs leading-none font-medium whitespace-nowrap text-ink-3',
        className,
      )}
    >
      {children}
    </kbd>
  );
}
