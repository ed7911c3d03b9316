import { classNames } from '@parley/ui';

/** The square of an organisation; its name stands beside it or in a tooltip. */
export function OrganisationMark({ name, small = false }: { name: string; small?: boolean }) {
  return (
    <span
      aria-hidden
      className={classNames(
        'inline-grid shrink-0 place-items-center font-[650]',
        small
          ? 'size-4 rounded-xs border border-line-strong text-[0.625rem] leading-none text-ink-2'
          : 'size-9 text-base',
      )}
    >
      {[...name][0]?.toLocaleUpperCase()}
    </span>
  );
}
