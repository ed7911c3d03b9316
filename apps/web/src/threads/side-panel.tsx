import { IconButton } from '@parley/ui';
import { X } from 'lucide-react';
import { useEffect, useRef, type ReactNode } from 'react';

export interface SidePanelProps {
  title: string;
  onClose: () => void;
  children: ReactNode;
}

/** Stands beside the messages where there is room, over them where there is not. Escape closes; focus goes back. */
export function SidePanel({ title, onClose, children }: SidePanelProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    const section = heading.current?.closest('section');
    // A field inside may have taken it already.
    if (!section?.contains(before)) heading.current?.focus({ preventScroll: true });
    return () => {
      const lost = document.activeElement === document.body || document.activeElement === null;
      if (lost && before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    };
  }, []);
  return (
    <section
      data-region="panel"
      aria-label={title}
      className="absolute inset-0 z-20 flex min-h-0 flex-col bg-sheet wide:static wide:w-88 wide:shrink-0 wide:border-l wide:border-line"
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented) return;
        event.preventDefault();
        onClose();
      }}
    >
      <header className="flex min-h-15 items-center gap-2 border-b border-line pr-3 pl-5 max-desk:pl-4">
        <h2 ref={heading} tabIndex={-1} className="min-w-0 flex-1 truncate text-lg font-[650] outline-none">
          {title}
        </h2>
        <IconButton label="Close" shortcut="Esc" onClick={onClose}>
          <X size={17} />
        </IconButton>
      </header>
      {children}
    </section>
  );
}
