import type { ReactNode } from 'react';
import { Mark } from '../accounts/mark.tsx';

export interface QuietPageProps {
  title: string;
  children: ReactNode;
  action?: ReactNode;
  /** Stands in for a page inside the frame, which has its own landmark. */
  inside?: boolean;
}

/** A page that has one thing to say. */
export function QuietPage({ title, children, action, inside = false }: QuietPageProps) {
  const Landmark = inside ? 'div' : 'main';
  return (
    <Landmark className={`grid flex-1 place-items-center bg-sheet p-6 ${inside ? '' : 'min-h-dvh'}`}>
      <div className="flex w-full max-w-[44ch] flex-col items-start gap-3">
        <Mark className="mb-3 size-10" />
        <h1 className="text-2xl font-[650] tracking-[-0.02em] text-balance">{title}</h1>
        <div className="text-lg text-pretty text-ink-2">{children}</div>
        {action === undefined ? null : <div className="mt-3 flex gap-2">{action}</div>}
      </div>
    </Landmark>
  );
}
