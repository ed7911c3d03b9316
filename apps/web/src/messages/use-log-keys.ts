import { useMemo, useRef, type FocusEvent, type KeyboardEvent, type RefObject } from 'react';

/**
 * Moves through the messages with ↑ and ↓ once the focus is in the log, and remembers which one has it, so that it is
 * drawn even where it is out of sight.
 */
export function useLogKeys(scroller: RefObject<HTMLElement | null>) {
  const focusedKey = useRef<string | null>(null);
  const handlers = useMemo(() => {
    const articles = () => [...(scroller.current?.querySelectorAll<HTMLElement>('article[data-message]') ?? [])];
    return {
      onFocus({ target }: FocusEvent<HTMLElement>) {
        focusedKey.current = target.closest<HTMLElement>('[data-message]')?.dataset['message'] ?? null;
      },
      onBlur() {
        focusedKey.current = null;
      },
      onKeyDown(event: KeyboardEvent<HTMLElement>) {
        if ((event.key !== 'ArrowUp' && event.key !== 'ArrowDown') || event.altKey || event.ctrlKey || event.metaKey)
          return;
        const { target, currentTarget } = event;
        if (!(target instanceof HTMLElement)) return;
        const rows = articles();
        const at = rows.indexOf(target);
        if (at === -1 && target !== currentTarget) return;
        const next = at === -1 ? lastInSight(rows, currentTarget) : rows[at + (event.key === 'ArrowUp' ? -1 : 1)];
        if (next === undefined) return;
        event.preventDefault();
        next.focus({ preventScroll: true });
        next.scrollIntoView({ block: 'nearest' });
      },
    };
  }, [scroller]);
  return { focusedKey, handlers };
}

function lastInSight(rows: readonly HTMLElement[], log: HTMLElement): HTMLElement | undefined {
  const { bottom } = log.getBoundingClientRect();
  return rows.findLast((row) => row.getBoundingClientRect().top < bottom - 16);
}
