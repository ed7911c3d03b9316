import { lazy, Suspense, useMemo, useRef } from 'react';
import { loadMenuPopup, type MenuItem } from './menu.tsx';

/** What the menu is about, and where on it it was asked for, in the window. */
export interface MenuAnchor {
  element: HTMLElement;
  point: { x: number; y: number } | null;
}

export interface MenuAtProps {
  /** Names the menu for assistive technology. */
  label: string;
  items: readonly MenuItem[];
  /** `null` while it is closed. */
  anchor: MenuAnchor | null;
  onClose: () => void;
}

const MenuPopup = lazy(async () => ({ default: (await loadMenuPopup()).MenuPopup }));

/** A context menu: at the pointer, or beside what has the focus; focus goes back there. */
export function MenuAt({ label, items, anchor, onClose }: MenuAtProps) {
  const trigger = useRef<HTMLElement | null>(null);
  const place = useRef<MenuAnchor['point']>(null);
  // While it closes it stays where it was.
  if (anchor !== null) {
    trigger.current = anchor.element;
    place.current = anchor.point;
  }
  const overlay = useMemo(
    () => ({
      open: anchor !== null,
      trigger,
      setOpen: (open: boolean) => {
        if (!open) onClose();
      },
      anchor: {
        getBoundingClientRect: () => {
          const point = place.current;
          return point === null
            ? (trigger.current?.getBoundingClientRect() ?? new DOMRect())
            : new DOMRect(point.x, point.y, 0, 0);
        },
      },
    }),
    [anchor, onClose],
  );
  return (
    <Suspense>
      <MenuPopup label={label} items={items} align="start" overlay={overlay} />
    </Suspense>
  );
}
