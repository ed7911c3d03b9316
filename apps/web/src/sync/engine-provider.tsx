import type { Tables } from '@parley/core/tables';
import type { Mutators } from '@parley/core/mutators';
import type { Engine } from '@parley/sync/client';
import { createContext, useContext, useMemo, type ReactNode } from 'react';

/** The engine as this program knows it: its tables and its mutators. */
export type ParleyEngine = Engine<Tables, Mutators>;

interface EngineOfPerson {
  engine: ParleyEngine;
  personId: string;
}

const EngineContext = createContext<EngineOfPerson | null>(null);

export interface EngineProviderProps extends EngineOfPerson {
  children: ReactNode;
}

/** Gives the pages below it the engine of the signed-in person. */
export function EngineProvider({ engine, personId, children }: EngineProviderProps) {
  const value = useMemo(() => ({ engine, personId }), [engine, personId]);
  return <EngineContext value={value}>{children}</EngineContext>;
}

function useEngineOfPerson(): EngineOfPerson {
  const value = useContext(EngineContext);
  if (value === null) throw new Error('This page is outside EngineProvider');
  return value;
}

/** The engine of the signed-in person. */
export const useEngine = (): ParleyEngine => useEngineOfPerson().engine;

/** The signed-in person. */
export const usePersonId = (): string => useEngineOfPerson().personId;
