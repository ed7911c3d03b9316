import { lazy, Suspense, type ReactNode } from 'react';
import { useOverlay, type OverlayTriggerProps } from './overlay-trigger.ts';

export interface MenuItem {
  label: string;
  icon?: ReactNode;
  /** The key that does the same elsewhere; only shown. */
  shortcut?: string;
  danger?: boolean;
  disabled?: boolean;
  /** One of several, or on and off; the mark stands where it is true. */
  checked?: boolean;
  /** A hairline above. */
  separated?: boolean;
  onSelect: () => void;
}

export interface MenuProps {
  /** Names the menu for assistive technology. */
  label: string;
  items: readonly MenuItem[];
  trigger: (props: OverlayTriggerProps) => ReactNode;
  side?: 'top' | 'bottom' | 'left' | 'right';
  align?: 'start' | 'center' | 'end';
  onOpen?: () => void;
}

export const loadMenuPopup = () => import('./menu-popup.tsx');
const MenuPopup = lazy(async () => ({ default: (await loadMenuPopup()).MenuPopup }));

/** A list of actions behind a button: arrows, type-ahead, Escape; focus goes back to the button. */
export function Menu({ trigger, onOpen, ...popup }: MenuProps) {
  const overlay = useOverlay('menu', onOpen);
  return (
    <>
      {trigger(overlay.triggerProps)}
      {overlay.wanted ? (
        <Suspense>
          <MenuPopup {...popup} overlay={overlay} />
        </Suspense>
      ) : null}
    </>
  );
}
