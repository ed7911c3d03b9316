import type { ComponentProps, ReactNode } from 'react';
import { classNames } from './class-names.ts';

const looks = {
  primary: 'bg-accent text-on-accent font-semibold hover:bg-accent-strong forced:border',
  quiet: 'bg-sunk text-ink font-medium hover:bg-line forced:border',
  plain: 'text-ink-2 font-medium hover:bg-sunk hover:text-ink',
  danger: 'bg-bad text-on-accent font-semibold hover:opacity-90 forced:border',
} as const;

const sizes = {
  small: 'min-h-7 px-2.5 rounded-sm text-sm gap-1.5',
  medium: 'min-h-8 px-3.5 rounded-md text-base gap-2',
  large: 'min-h-11 px-5 rounded-lg text-lg gap-2',
} as const;

export interface ButtonProps extends ComponentProps<'button'> {
  look?: keyof typeof looks;
  size?: keyof typeof sizes;
  icon?: ReactNode;
  /** The action runs: the button stays focusable, says so to assistive technology, and takes no second press. */
  busy?: boolean;
}

/** A press that does something. `type` is `button` unless said otherwise; at most one `primary` in a view. */
export function Button({
  look = 'quiet',
  size = 'medium',
  icon,
  busy = false,
  className,
  children,
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      {...(busy ? { 'aria-disabled': true, onClick: (event) => event.preventDefault() } : {})}
      className={classNames(
        'inline-flex shrink-0 items-center justify-center whitespace-nowrap transition-colors select-none pointer-coarse:min-h-11',
        'disabled:opacity-50 aria-disabled:cursor-default aria-disabled:opacity-60',
        looks[look],
        sizes[size],
        className,
      )}
    >
      {icon}
      {children}
    </button>
  );
}
