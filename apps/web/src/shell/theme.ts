import { useSyncExternalStore } from 'react';

export type Theme = 'system' | 'light' | 'dark';

const key = 'parley.theme';
const listeners = new Set<() => void>();

function currentTheme(): Theme {
  const pinned = document.documentElement.dataset['theme'];
  return pinned === 'light' || pinned === 'dark' ? pinned : 'system';
}

/** Pins the theme on this device, or leaves it to the system. public/before-paint.js applies it at the next start. */
export function chooseTheme(theme: Theme): void {
  if (theme === 'system') {
    delete document.documentElement.dataset['theme'];
    localStorage.removeItem(key);
  } else {
    document.documentElement.dataset['theme'] = theme;
    localStorage.setItem(key, theme);
  }
  paintWindow();
  listeners.forEach((notify) => notify());
}

/** The chosen theme; `system` where none was chosen. */
export function useTheme(): Theme {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, currentTheme);
}

/** Gives the browser's own bars the colour of the paper. */
export function paintWindow(): void {
  const theme = currentTheme();
  for (const meta of document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')) {
    const own = meta.media.includes('dark') ? 'dark' : 'light';
    meta.content = (theme === 'system' ? own : theme) === 'dark' ? '#0f1215' : '#fbfaf7';
  }
}
