import { Popover as Base } from '@base-ui/react/popover';
import { classNames } from './class-names.ts';
import type { OverlayState } from './overlay-trigger.ts';
import type { PopoverProps } from './popover.tsx';

export interface PopoverPopupProps extends Omit<PopoverProps, 'trigger' | 'onOpen'> {
  overlay: OverlayState;
}

export function PopoverPopup({
  label,
  children,
  side = 'bottom',
  align = 'end',
  bare = false,
  overlay,
}: PopoverPopupProps) {
  return (
    <Base.Root
      open={overlay.open}
      onOpenChange={(open, details) =>
        overlay.setOpen(open, details.reason === 'outside-press' ? details.event : undefined)
      }
    >
      <Base.Portal>
        <Base.Positioner anchor={overlay.trigger} side={side} align={align} sideOffset={6} className="z-40">
          <Base.Popup
            aria-label={label}
            finalFocus={overlay.trigger}
            className={classNames(
              'popup max-w-[min(24rem,calc(100vw-1.5rem))] origin-(--transform-origin) rounded-lg border border-line bg-sheet shadow-lift outline-none',
              bare ? undefined : 'p-3',
            )}
          >
            {typeof children === 'function' ? children(() => overlay.setOpen(false)) : children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
