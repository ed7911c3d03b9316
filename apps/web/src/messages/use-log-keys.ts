import { useMemo, useRef, type FocusEvent, type KeyboardEvent, type RefObject } from 'react';

/**
 * Moves through the messages with ↑ and ↓ once the focus is in the log, marks unread from one of them with U, and remembers which one has it, so that it is
 * drawn even where it is out of sight.
 */
export function useLogKeys(scroller: RefObject<HTMLElement | null>, onMarkUnread: (messageId: string) => void) {
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
        if (event.key === 'u' && marks(event)) {
          event.preventDefault();
          onMarkUnread((event.target as HTMLElement).dataset['message'] ?? '');
          return;
        }
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
  }, [scroller, onMarkUnread]);
  return { focusedKey, handlers };
}

/** A letter acts only where the message itself has the focus, not one of its buttons. */
const marks = ({ target, altKey, ctrlKey, metaKey }: KeyboardEvent<HTMLElement>): boolean =>
  target instanceof HTMLElement && target.dataset['message'] !== undefined && !altKey && !ctrlKey && !metaKey;

function lastInSight(rows: readonly HTMLElement[], log: HTMLElement): HTMLElement | undefined {
  const { bottom } = log.getBoundingClientRect();
  return rows.findLast((row) => row.getBoundingClientRect().top < bottom - 16);
}
