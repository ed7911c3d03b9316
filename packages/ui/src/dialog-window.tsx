import { Dialog as Base } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import { classNames } from './class-names.ts';
import type { DialogProps } from './dialog.tsx';
import { IconButton } from './icon-button.tsx';

const widths = { narrow: 'desk:max-w-100', medium: 'desk:max-w-130', wide: 'desk:max-w-180' } as const;

export function DialogWindow(props: DialogProps) {
  const { open, onOpenChange, title, description, children, actions, initialFocus, width = 'medium' } = props;
  return (
    <Base.Root open={open} onOpenChange={(next) => onOpenChange(next)}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-30 bg-scrim transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Base.Viewport className="fixed inset-0 z-30 grid place-items-center p-4 max-desk:items-end max-desk:p-0">
          <Base.Popup
            {...(initialFocus === undefined ? {} : { initialFocus })}
            className={classNames(
              'popup flex max-h-[min(44rem,calc(100dvh-2rem))] w-full flex-col rounded-2xl border border-line bg-sheet shadow-lift outline-none',
              'max-desk:max-h-[92dvh] max-desk:rounded-b-none max-desk:pb-[env(safe-area-inset-bottom)]',
              widths[width],
            )}
          >
            <div className="flex items-start gap-3 px-5 pt-4.5 pb-1">
              <div className="min-w-0 flex-1">
                <Base.Title className="text-xl font-[650] tracking-tight text-ink">{title}</Base.Title>
                {description === undefined ? null : (
                  <Base.Description className="mt-1 text-base text-ink-2">{description}</Base.Description>
                )}
              </div>
              <Base.Close
                render={
                  <IconButton label="Close" className="-mt-1 -mr-1.5">
                    <X size={17} />
                  </IconButton>
                }
              />
            </div>
            {children === undefined ? null : <div className="min-h-0 flex-1 overflow-y-auto px-5 py-3">{children}</div>}
            {actions === undefined ? null : (
              <div className="flex flex-wrap justify-end gap-2 px-5 pt-2 pb-5">{actions}</div>
            )}
          </Base.Popup>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  );
}
