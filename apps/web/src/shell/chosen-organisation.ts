/** Which organisation's threads are looked at; all of them at first. Kept for as long as the tab is open. */
import { useSyncExternalStore } from 'react';
import type { OwnOrganisation } from './use-organisations.ts';

let chosenId: string | null = null;
const listeners = new Set<() => void>();

/** `null` chooses all of them. */
export function chooseOrganisation(id: string | null): void {
  chosenId = id;
  for (const listener of listeners) listener();
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};

/** The chosen one of these; `null` for all of them, and where the person left the one that was chosen. */
export function useChosenOrganisation(organisations: readonly OwnOrganisation[]): OwnOrganisation | null {
  const id = useSyncExternalStore(subscribe, () => chosenId);
  return organisations.length > 1 ? (organisations.find((organisation) => organisation.id === id) ?? null) : null;
}
