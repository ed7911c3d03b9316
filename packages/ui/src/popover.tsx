import { lazy, Suspense, type ReactNode } from 'react';
import { useOverlay, type OverlayTriggerProps } from './overlay-trigger.ts';

export interface PopoverProps {
  /** Names the popover for assistive technology. */
  label: string;
  trigger: (props: OverlayTriggerProps) => ReactNode;
  children: ReactNode | ((close: () => void) => ReactNode);
  side?: 'top' | 'bottom' | 'left' | 'right';
  align?: 'start' | 'center' | 'end';
  /** Leaves the inner padding to the content. */
  bare?: boolean;
  onOpen?: () => void;
}

export const loadPopoverPopup = () => import('./popover-popup.tsx');
const PopoverPopup = lazy(async () => ({ default: (await loadPopoverPopup()).PopoverPopup }));

/** A small surface behind a button, not modal. Escape and a press outside close it; focus goes back to the button. */
export function Popover({ trigger, onOpen, ...popup }: PopoverProps) {
  const overlay = useOverlay('dialog', onOpen);
  return (
    <>
      {trigger(overlay.triggerProps)}
      {overlay.wanted ? (
        <Suspense>
          <PopoverPopup {...popup} overlay={overlay} />
        </Suspense>
      ) : null}
    </>
  );
}
