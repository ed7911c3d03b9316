import { classNames } from './class-names.ts';
import { initialsOf, inkOf } from './avatar-ink.ts';

const sizes = {
  16: 'size-4 text-[0.5rem]',
  20: 'size-5 text-[0.5625rem]',
  26: 'size-6.5 text-[0.65625rem]',
  34: 'size-8.5 text-[0.78125rem]',
  56: 'size-14 text-[1.25rem]',
} as const;

const dots = {
  active: 'bg-good forced:bg-[CanvasText]',
  away: 'bg-sheet shadow-[inset_0_0_0_1.5px_var(--ink-3)] forced:bg-[GrayText]',
  doNotDisturb:
    'bg-bad before:absolute before:inset-x-px before:inset-y-[calc(50%-0.75px)] before:rounded-full before:bg-sheet forced:bg-[CanvasText] forced:before:bg-[Canvas]',
} as const;

export interface AvatarProps {
  /** Gives the colour, so that a person keeps it when the name changes. */
  id: string;
  name: string;
  size?: keyof typeof sizes;
  /** A person outside the reader's organisation wears a ring. */
  outside?: boolean;
  /** A dot: full for somebody who is active, a ring for somebody away, with a bar for somebody who wants to be left alone. */
  presence?: keyof typeof dots | undefined;
  className?: string;
}

/** A person's initials on their own colour. Decorative: the name stands beside it, so it is hidden from readers. */
export function Avatar({ id, name, size = 34, outside = false, presence, className }: AvatarProps) {
  return (
    <span
      aria-hidden
      className={classNames(
        'relative grid shrink-0 place-items-center rounded-full font-semibold text-white select-none forced:border',
        outside && 'shadow-[0_0_0_2px_var(--sheet),0_0_0_3.5px_var(--outside)]',
        sizes[size],
        className,
      )}
      style={{ backgroundColor: inkOf(id) }}
    >
      {initialsOf(name)}
      {presence === undefined ? null : (
        <span
          className={classNames(
            'absolute -right-px -bottom-px z-1 size-2.75 rounded-full border-2 border-sheet forced:border-[Canvas]',
            dots[presence],
          )}
        />
      )}
    </span>
  );
}
