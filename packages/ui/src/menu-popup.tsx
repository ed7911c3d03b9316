import { Menu as Base } from '@base-ui/react/menu';
import { Check } from 'lucide-react';
import type { RefObject } from 'react';
import { classNames } from './class-names.ts';
import { Kbd } from './kbd.tsx';
import type { MenuProps } from './menu.tsx';

export interface MenuPopupProps extends Omit<MenuProps, 'trigger' | 'onOpen'> {
  overlay: {
    open: boolean;
    setOpen: (open: boolean, event?: Event) => void;
    /** Gets the focus back. */
    trigger: RefObject<HTMLElement | null>;
    /** Where it stands; at the trigger where it is not given. */
    anchor?: { getBoundingClientRect: () => DOMRect };
  };
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
        <Base.Positioner
          anchor={overlay.anchor ?? overlay.trigger}
          side={side}
          align={align}
          sideOffset={6}
          className="z-40"
        >
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

function MenuEntry(props: MenuProps['items'][number]) {
  const { label, icon, shortcut, danger, disabled, checked, separated, onSelect } = props;
  const entry = {
    disabled: disabled ?? false,
    onClick: onSelect,
    className: classNames(
      'flex min-h-8 cursor-default items-center gap-2.5 rounded-sm px-2.5 text-base outline-none select-none pointer-coarse:min-h-11',
      'data-highlighted:bg-sunk data-disabled:opacity-50 forced:data-highlighted:outline-2',
      danger ? 'text-bad data-highlighted:bg-bad-soft' : 'text-ink',
    ),
  };
  if (checked !== undefined) {
    return (
      <>
        {separated ? <Base.Separator className="mx-2 my-1 h-px bg-line" /> : null}
        <Base.CheckboxItem {...entry} checked={checked} closeOnClick>
          <span className="w-[15px] text-ink-3">{checked ? <Check size={15} aria-hidden /> : null}</span>
          <span className="min-w-0 flex-1">{label}</span>
          {shortcut === undefined ? null : <Kbd className="ml-4">{shortcut}</Kbd>}
        </Base.CheckboxItem>
      </>
    );
  }
  return (
    <>
      {separated ? <Base.Separator className="mx-2 my-1 h-px bg-line" /> : null}
      <Base.Item {...entry}>
        {icon === undefined ? null : <span className={danger ? 'text-bad' : 'text-ink-3'}>{icon}</span>}
        <span className="min-w-0 flex-1">{label}</span>
        {shortcut === undefined ? null : <Kbd className="ml-4">{shortcut}</Kbd>}
      </Base.Item>
    </>
  );
}
