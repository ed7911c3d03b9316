/** The engine of the person signed in on this device: one a tab, kept while pages come and go. */
import type { Mutators } from '@parley/core/mutators';
import type { Tables } from '@parley/core/tables';
import { createEngine } from '@parley/sync/client';
import { createBrowserTabs } from '@parley/sync/adapters/browser';
import { createDexieStorage } from '@parley/sync/adapters/dexie';
import { v7 as uuidv7 } from 'uuid';
import { engineOptions } from './engine-options.ts';
import type { ParleyEngine } from './engine-provider.tsx';

export interface OpenEngine {
  engine: ParleyEngine;
  /** Resolves when what is on this device can be shown. */
  started: Promise<void>;
  isStarted: boolean;
}

const open = new Map<string, OpenEngine>();

/** Opens the engine of a person, or gives the one that is open. */
export function openEngine(personId: string): OpenEngine {
  const known = open.get(personId);
  if (known) return known;
  const engine = createEngine<Tables, Mutators>({
    ...engineOptions(personId),
    storage: createDexieStorage(personId, uuidv7),
    tabs: createBrowserTabs(personId),
  });
  const opened: OpenEngine = { engine, started: engine.start(), isStarted: false };
  opened.started.then(
    () => (opened.isStarted = true),
    // Told to whoever waits for it.
    () => undefined,
  );
  open.set(personId, opened);
  return opened;
}

/** Stops the engine of a person; what it holds stays on the device. */
export function closeEngine(personId: string): void {
  open.get(personId)?.engine.stop();
  open.delete(personId);
}
