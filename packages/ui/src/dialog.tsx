import { lazy, Suspense, useState, type ReactNode, type RefObject } from 'react';

export interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  description?: ReactNode;
  /** The body; scrolls when it is taller than the window. */
  children?: ReactNode;
  /** Buttons, the primary one last. */
  actions?: ReactNode;
  /** Gets the focus at first; else the first control. */
  initialFocus?: RefObject<HTMLElement | null>;
  width?: 'narrow' | 'medium' | 'wide';
}

export const loadDialogWindow = () => import('./dialog-window.tsx');
const DialogWindow = lazy(async () => ({ default: (await loadDialogWindow()).DialogWindow }));

/** A question or a form above the page, which is inert meanwhile. Escape closes; focus goes back where it was. */
export function Dialog(props: DialogProps) {
  const [wanted, setWanted] = useState(props.open);
  if (props.open && !wanted) setWanted(true);
  return wanted ? (
    <Suspense>
      <DialogWindow {...props} />
    </Suspense>
  ) : null;
}
