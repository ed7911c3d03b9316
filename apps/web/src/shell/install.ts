import { useSyncExternalStore } from 'react';

interface InstallPrompt extends Event {
  prompt: () => Promise<unknown>;
}

let offered: InstallPrompt | null = null;
const listeners = new Set<() => void>();
const changed = () => listeners.forEach((notify) => notify());

/** Keeps the browser's offer to install until somebody asks for it in the settings. Call it before the first paint. */
export function keepInstallOffer(): void {
  window.addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault();
    offered = event as InstallPrompt;
    changed();
  });
  window.addEventListener('appinstalled', () => {
    offered = null;
    changed();
  });
}

function install(): void {
  void offered?.prompt();
  // An offer works once; the browser makes a new one.
  offered = null;
  changed();
}

/** Opens the browser's install dialog; `null` where it cannot be, or Parley is installed already. */
export function useInstall(): (() => void) | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => (offered === null ? null : install),
  );
}
