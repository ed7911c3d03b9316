import { IconButton } from '@parley/ui';
import { useNavigate } from '@tanstack/react-router';
import { ChevronLeft } from 'lucide-react';
import type { ReactNode } from 'react';

export interface PageFrameProps {
  title: string;
  lead?: ReactNode;
  /** Buttons at the end of the head. */
  actions?: ReactNode;
  children: ReactNode;
}

/** A page of the main region that is not a thread: a head, and a column that scrolls. */
export function PageFrame({ title, lead, actions, children }: PageFrameProps) {
  const navigate = useNavigate();
  return (
    <div className="flex min-h-0 flex-1 flex-col bg-sheet">
      <header className="flex min-h-15 items-center gap-3 border-b border-line px-5 py-2.5 max-desk:px-3">
        <IconButton label="Back to threads" className="desk:hidden" onClick={() => void navigate({ to: '/' })}>
          <ChevronLeft size={18} />
        </IconButton>
        <div className="min-w-0 flex-1">
          <h1 className="truncate text-lg font-[650] tracking-[-0.01em]">{title}</h1>
          {lead === undefined ? null : <p className="truncate text-sm text-ink-3">{lead}</p>}
        </div>
        {actions}
      </header>
      <div className="scroll-quiet min-h-0 flex-1 overflow-y-auto" tabIndex={-1} data-region-focus>
        {children}
      </div>
    </div>
  );
}
