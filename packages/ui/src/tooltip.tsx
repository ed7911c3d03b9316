import { useEffect, useRef, useState } from 'react';
import { Kbd } from './kbd.tsx';

interface Shown {
  text: string;
  keys: string | undefined;
  x: number;
  y: number;
  above: boolean;
}

const restMs = 450;
// Moving from one button to the next within this time shows the next tooltip at once.
const warmMs = 400;

function tipTarget(target: EventTarget | null): HTMLElement | null {
  return target instanceof Element ? target.closest<HTMLElement>('[data-tooltip]') : null;
}

function placeBy(element: HTMLElement): Shown | null {
  const text = element.dataset['tooltip'];
  if (!text) return null;
  const box = element.getBoundingClientRect();
  const above = box.top > 56;
  const margin = Math.min(90, window.innerWidth / 3);
  const x = Math.max(margin, Math.min(window.innerWidth - margin, box.left + box.width / 2));
  return { text, keys: element.dataset['tooltipKeys'], x, y: above ? box.top - 6 : box.bottom + 6, above };
}

/**
 * The one tooltip of the page, for every element with `data-tooltip` (and `data-tooltip-keys`): after a short rest of the
 * pointer or on keyboard focus; Escape, a press or scrolling puts it away. The element must carry its name itself, so the
 * tooltip is hidden from assistive technology. Delegated: a thousand rows of buttons cost nothing.
 */
export function TooltipLayer() {
  const [shown, setShown] = useState<Shown | null>(null);
  const bubble = useRef<HTMLDivElement>(null);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let current: HTMLElement | null = null;
    let hiddenAt = 0;

    const hide = () => {
      clearTimeout(timer);
      // React would keep every change that changes nothing until it draws this again, which may be never.
      if (current === null) return;
      hiddenAt = performance.now();
      current = null;
      setShown(null);
    };
    const show = (element: HTMLElement, wait: number) => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        if (!element.isConnected) return;
        current = element;
        setShown(placeBy(element));
      }, wait);
    };
    const onOver = (event: PointerEvent) => {
      if (event.pointerType === 'touch') return;
      if (event.target instanceof Node && bubble.current?.contains(event.target)) return;
      const element = tipTarget(event.target);
      if (element === current && element !== null) return;
      const warm = current !== null || performance.now() - hiddenAt < warmMs;
      if (element === null) return hide();
      show(element, warm ? 0 : restMs);
    };
    const onFocus = (event: FocusEvent) => {
      const element = tipTarget(event.target);
      if (element?.matches(':focus-visible')) show(element, 0);
    };
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape') hide();
    };

    const off = new AbortController();
    const { signal } = off;
    document.addEventListener('pointerover', onOver, { signal });
    document.addEventListener('focusin', onFocus, { signal });
    document.addEventListener('focusout', hide, { signal });
    document.addEventListener('pointerdown', hide, { signal });
    document.addEventListener('keydown', onKey, { signal });
    document.addEventListener('scroll', hide, { signal, capture: true, passive: true });
    return () => {
      off.abort();
      clearTimeout(timer);
    };
  }, []);

  if (shown === null) return null;
  return (
    <div
      ref={bubble}
      aria-hidden
      className="fixed z-60 flex w-max max-w-64 -translate-x-1/2 items-center gap-2 rounded-sm bg-ink px-2 py-1 text-sm font-medium text-paper shadow-float data-above:-translate-y-full"
      data-above={shown.above ? '' : undefined}
      style={{ left: shown.x, top: shown.y }}
    >
      {shown.text}
      {shown.keys === undefined ? null : <Kbd className="border-current/40 text-paper">{shown.keys}</Kbd>}
    </div>
  );
}
