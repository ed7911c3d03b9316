import { useCallback, useRef, useState, type RefObject } from 'react';

/** Spread onto the button that opens a menu or popover. */
export interface OverlayTriggerProps {
  ref: RefObject<HTMLButtonElement | null>;
  'aria-haspopup': 'menu' | 'dialog';
  'aria-expanded': boolean;
  onClick: () => void;
}

export interface OverlayState {
  open: boolean;
  /** True from the first opening on, so that the popup's code is loaded once and may play its closing. */
  wanted: boolean;
  setOpen: (open: boolean, event?: Event) => void;
  trigger: RefObject<HTMLButtonElement | null>;
  triggerProps: OverlayTriggerProps;
}

/** The state that a trigger and its lazily loaded popup share. */
export function useOverlay(kind: OverlayTriggerProps['aria-haspopup'], onOpen?: () => void): OverlayState {
  const trigger = useRef<HTMLButtonElement>(null);
  const [open, setState] = useState(false);
  const [wanted, setWanted] = useState(false);
  const setOpen = useCallback((next: boolean, event?: Event) => {
    // A press on the trigger is also a press outside the popup; the trigger's own click decides.
    if (!next && event?.target instanceof Node && trigger.current?.contains(event.target)) return;
    setState(next);
  }, []);
  const toggle = () => {
    if (!open) onOpen?.();
    setWanted(true);
    setState(!open);
  };
  return {
    open,
    wanted,
    setOpen,
    trigger,
    triggerProps: { ref: trigger, 'aria-haspopup': kind, 'aria-expanded': open, onClick: toggle },
  };
}
