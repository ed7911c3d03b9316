import type { ComponentProps, ReactNode } from 'react';
import { classNames } from './class-names.ts';

export interface IconButtonProps extends Omit<ComponentProps<'button'>, 'aria-label' | 'children'> {
  /** The name of the action: read by assistive technology and shown as tooltip. */
  label: string;
  /** A key or chord shown beside the label in the tooltip. */
  shortcut?: string;
  size?: 'small' | 'medium';
  children: ReactNode;
}

/** A square press with an icon of 16–18 px; never without a name. Needs one `TooltipLayer` in the page to show it. */
export function IconButton({ label, shortcut, size = 'medium', className, children, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      data-tooltip={label}
      data-tooltip-keys={shortcut}
      {...rest}
      className={classNames(
        'grid shrink-0 place-items-center rounded-md text-ink-2 transition-colors hover:bg-sunk hover:text-ink',
        'aria-pressed:bg-accent-soft aria-pressed:text-accent aria-expanded:bg-sunk aria-expanded:text-ink',
        'disabled:opacity-40 disabled:hover:bg-transparent pointer-coarse:size-11',
        size === 'small' ? 'size-6.5' : 'size-8',
        className,
      )}
    >
      {children}
    </button>
  );
}
