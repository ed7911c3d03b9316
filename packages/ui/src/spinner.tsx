import { Delayed } from './delayed.tsx';
import { classNames } from './class-names.ts';

/** A sign that something is under way, in words for readers; appears after 400 ms. */
export function Spinner({ label = 'Loading', className }: { label?: string; className?: string }) {
  return (
    <Delayed>
      <span className={classNames('inline-grid place-items-center text-ink-3', className)}>
        <svg aria-hidden viewBox="0 0 24 24" className="size-5 animate-spin" fill="none" strokeWidth="2.4">
          <circle cx="12" cy="12" r="9" stroke="currentColor" opacity=".2" />
          <path d="M21 12a9 9 0 0 0-9-9" stroke="currentColor" strokeLinecap="round" />
        </svg>
        <span className="sr-only">{label}</span>
      </span>
    </Delayed>
  );
}
