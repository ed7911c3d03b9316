/** The replica as React reads it: every hook renders again when, and only when, what it returned has changed. */
import type { TableName, Tables } from '@parley/core/tables';
import type { EngineEvent, EngineStatus, Pending, ThreadWindow, ViewRow } from '@parley/sync/client';
import type { ScopeId } from '@parley/sync/mutator';
import { useCallback, useEffect, useSyncExternalStore } from 'react';
import { useEngine, type ParleyEngine } from './engine-provider.tsx';

/** Rows of one table in one scope: by place where they have one, those waiting for theirs last. */
export function useRows<T extends TableName>(scope: ScopeId, table: T): readonly ViewRow<Tables[T]>[] {
  const engine = useEngine();
  const subscribe = useCallback(
    (listener: () => void) => engine.subscribe(scope, table, listener),
    [engine, scope, table],
  );
  return useSyncExternalStore(subscribe, () => engine.rows(scope, table));
}

/** One row; `undefined` while there is none. */
export function useRow<T extends TableName>(scope: ScopeId, table: T, id: string): ViewRow<Tables[T]> | undefined {
  const engine = useEngine();
  const subscribe = useCallback(
    (listener: () => void) => engine.subscribe(scope, table, listener),
    [engine, scope, table],
  );
  return useSyncExternalStore(subscribe, () => engine.row(scope, table, id));
}

/** Rows of one table in every scope; only of tables that are always in memory. */
export function useAllRows<T extends TableName>(table: T): readonly ViewRow<Tables[T]>[] {
  const engine = useEngine();
  const subscribe = useCallback((listener: () => void) => engine.subscribe(null, table, listener), [engine, table]);
  return useSyncExternalStore(subscribe, () => engine.allRows(table));
}

/** Holds a scope's rows in memory while the page that shows them is there; `null` holds none. */
export function useOpenScope(scope: ScopeId | null): void {
  const engine = useEngine();
  useEffect(() => (scope === null ? undefined : engine.open(scope)), [engine, scope]);
}

/** How much of a paged scope is held. */
export function useWindow(scope: ScopeId): ThreadWindow {
  const engine = useEngine();
  const subscribe = useCallback((listener: () => void) => engine.subscribeWindow(scope, listener), [engine, scope]);
  return useSyncExternalStore(subscribe, () => engine.window(scope));
}

/** What the engine is doing. It changes with everything that is sent or comes: whoever needs a part asks for that part. */
export function useStatus(): EngineStatus {
  return useStatusPart((status) => status);
}

/** Of what the engine is doing one part, which stays the same object while nothing about it changes. */
export function useStatusPart<Part>(part: (status: EngineStatus) => Part): Part {
  const engine = useEngine();
  const subscribe = useCallback((listener: () => void) => engine.subscribeStatus(listener), [engine]);
  return useSyncExternalStore(subscribe, () => part(engine.status()));
}

/** What the engine last did, newest first. */
export function useEvents(): readonly EngineEvent[] {
  const engine = useEngine();
  const subscribe = useCallback((listener: () => void) => engine.subscribeEvents(listener), [engine]);
  return useSyncExternalStore(subscribe, () => engine.events());
}

/** The whole queue: what waits, what is on its way, what was refused. */
export function useItems(): readonly Pending[] {
  const engine = useEngine();
  const subscribe = useCallback((listener: () => void) => engine.subscribeItems(listener), [engine]);
  return useSyncExternalStore(subscribe, () => engine.items());
}

const refusedByEngine = new WeakMap<ParleyEngine, readonly Pending[]>();

/** Of the queue what was refused; the same list until one of them comes, goes or changes. */
export function useFailedItems(): readonly Pending[] {
  const engine = useEngine();
  const subscribe = useCallback((listener: () => void) => engine.subscribeItems(listener), [engine]);
  return useSyncExternalStore(subscribe, () => {
    const before = refusedByEngine.get(engine);
    const now = engine.items().filter(({ state }) => state === 'failed');
    if (before?.length === now.length && now.every((item, index) => item === before[index])) return before;
    refusedByEngine.set(engine, now);
    return now;
  });
}
