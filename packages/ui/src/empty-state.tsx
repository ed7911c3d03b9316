import type { ReactNode } from 'react';

export interface EmptyStateProps {
  icon?: ReactNode;
  title: string;
  /** What happens next, in a sentence. */
  children?: ReactNode;
  action?: ReactNode;
  /** 1 where it stands for the whole page: then its title is the page's heading. */
  level?: 1;
}

/** What a list says when it has nothing: what would be here, and the way to get it. */
export function EmptyState({ icon, title, children, action, level }: EmptyStateProps) {
  const Title = level === 1 ? 'h1' : 'p';
  return (
    <div className="mx-auto flex max-w-[38ch] flex-col items-center gap-2 px-6 py-12 text-center">
      {icon === undefined ? null : (
        <span aria-hidden className="mb-2 grid size-12 place-items-center rounded-2xl bg-sunk text-ink-3">
          {icon}
        </span>
      )}
      <Title className="text-lg font-semibold tracking-tight text-balance text-ink">{title}</Title>
      {children === undefined ? null : <div className="text-base text-ink-2">{children}</div>}
      {action === undefined ? null : <div className="mt-3">{action}</div>}
    </div>
  );
}
