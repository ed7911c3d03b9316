import { Search } from 'lucide-react';
import type { ComponentProps, ReactNode } from 'react';
import { classNames } from './class-names.ts';

export interface SearchFieldProps extends Omit<ComponentProps<'input'>, 'type'> {
  /** Names the field; not shown. */
  label: string;
  /** Sits at its end: the key that leads here. */
  end?: ReactNode;
}

/** One line to look for something among what is shown: quieter than a field that is filled in. */
export function SearchField({ label, end, className, ...rest }: SearchFieldProps) {
  return (
    <div
      className={classNames(
        'flex min-h-9 min-w-0 items-center gap-2 rounded-md bg-sunk px-2.5 text-ink-3 transition-colors pointer-coarse:min-h-11',
        'has-[input:focus-visible]:outline-2 has-[input:focus-visible]:outline-accent forced:border',
        className,
      )}
    >
      <Search size={17} strokeWidth={1.8} aria-hidden className="shrink-0" />
      <input
        autoComplete="off"
        {...rest}
        type="search"
        aria-label={label}
        className="min-w-0 flex-1 bg-transparent py-1.5 text-base text-ink outline-none placeholder:text-ink-3 pointer-coarse:text-[1rem] [&::-webkit-search-cancel-button]:hidden"
      />
      {end}
    </div>
  );
}
