/** Draws a component in a page of its own, for tests. */
import type { ReactNode } from 'react';
import { flushSync } from 'react-dom';
import { createRoot, type Root } from 'react-dom/client';

let root: Root | null = null;

export function draw(content: ReactNode): void {
  if (root === null) {
    const place = document.createElement('main');
    document.body.append(place);
    root = createRoot(place);
  }
  flushSync(() => root?.render(content));
}

export function clear(): void {
  root?.unmount();
  root = null;
  document.body.replaceChildren();
}
