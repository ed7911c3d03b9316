import type { ReactNode } from 'react';
import { Mark } from '../accounts/mark.tsx';

/** A page that has one thing to say. */
export function QuietPage({ title, children, action }: { title: string; children: ReactNode; action?: ReactNode }) {
  return (
    <main className="grid min-h-dvh place-items-center bg-sheet p-6">
      <div className="flex w-full max-w-[44ch] flex-col items-start gap-3">
        <Mark className="mb-3 size-10" />
        <h1 className="text-2xl font-[650] tracking-[-0.02em]">{title}</h1>
        <div className="text-lg text-ink-2">{children}</div>
        {action === undefined ? null : <div className="mt-3 flex gap-2">{action}</div>}
      </div>
    </main>
  );
}
