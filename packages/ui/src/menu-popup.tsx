import { Menu as Base } from '@base-ui/react/menu';
import { classNames } from './class-names.ts';
import { Kbd } from './kbd.tsx';
import type { MenuProps } from './menu.tsx';
import type { OverlayState } from './overlay-trigger.ts';

export interface MenuPopupProps extends Omit<MenuProps, 'trigger' | 'onOpen'> {
  overlay: OverlayState;
}

export function MenuPopup({ label, items, side = 'bottom', align = 'end', overlay }: MenuPopupProps) {
  return (
    <Base.Root
      open={overlay.open}
      modal={false}
      onOpenChange={(open, details) =>
        overlay.setOpen(open, details.reason === 'outside-press' ? details.event : undefined)
      }
    >
      <Base.Portal>
        <Base.Positioner anchor={overlay.trigger} side={side} align={align} sideOffset={6} className="z-40">
          <Base.Popup
            aria-label={label}
            finalFocus={overlay.trigger}
            className="popup scroll-quiet max-h-(--available-height) min-w-44 origin-(--transform-origin) overflow-y-auto rounded-lg border border-line bg-sheet p-1 shadow-lift outline-none"
          >
            {items.map((item) => (
              <MenuEntry key={item.label} {...item} />
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

function MenuEntry({ label, icon, shortcut, danger, disabled, separated, onSelect }: MenuProps['items'][number]) {
  return (
    <>
      {separated ? <Base.Separator className="mx-2 my-1 h-px bg-line" /> : null}
      <Base.Item
        disabled={disabled ?? false}
        onClick={onSelect}
        className={classNames(
          'flex min-h-8 cursor-default items-center gap-2.5 rounded-sm px-2.5 text-base outline-none select-none pointer-coarse:min-h-11',
          'data-highlighted:bg-sunk data-disabled:opacity-50 forced:data-highlighted:outline-2',
          danger ? 'text-bad data-highlighted:bg-bad-soft' : 'text-ink',
        )}
      >
        {icon === undefined ? null : <span className={danger ? 'text-bad' : 'text-ink-3'}>{icon}</span>}
        <span className="min-w-0 flex-1">{label}</span>
        {shortcut === undefined ? null : <Kbd className="ml-4">{shortcut}</Kbd>}
      </Base.Item>
    </>
  );
}
