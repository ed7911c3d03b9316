import { Delayed, Spinner } from '@parley/ui';
import { useEffect, useState, type ReactNode } from 'react';
import { EngineProvider } from './engine-provider.tsx';
import { closeEngine, openEngine } from './open-engine.ts';

/** Engines whose page has gone; a page that comes back at once (React draws twice in development) keeps its engine. */
const leaving = new Map<string, ReturnType<typeof setTimeout>>();

/** What is not needed at once waits until the page has come to rest. */
const CARE_AFTER_MS = 2_000;

/** Opens the engine of a person and draws what is inside once this device's copy can be read. */
export function SignedInEngine({ personId, children }: { personId: string; children: ReactNode }) {
  const [{ engine, started, isStarted }] = useState(() => openEngine(personId));
  const [ready, setReady] = useState(isStarted);
  const [broken, setBroken] = useState<unknown>(null);

  useEffect(() => {
    clearTimeout(leaving.get(personId));
    let here = true;
    started.then(
      () => here && setReady(true),
      (error: unknown) => here && setBroken(error),
    );
    return () => {
      here = false;
      leaving.set(
        personId,
        setTimeout(() => closeEngine(personId), 0),
      );
    };
  }, [personId, started]);

  useEffect(() => {
    if (!ready) return;
    let over = false;
    let stop = () => {};
    const load = async () => {
      const [{ careForStorage }, { keepRooms }] = await Promise.all([
        import('./storage-care.ts'),
        import('../presence/keep-rooms.ts'),
      ]);
      if (over) return;
      const stops = [careForStorage(engine), keepRooms(engine, personId)];
      stop = () => stops.forEach((each) => each());
    };
    const idle = setTimeout(() => void load().catch(() => undefined), CARE_AFTER_MS);
    return () => {
      over = true;
      clearTimeout(idle);
      stop();
    };
  }, [engine, personId, ready]);

  if (broken !== null) throw broken;
  if (!ready) {
    return (
      <div className="grid h-dvh place-items-center">
        <Delayed>
          <Spinner label="Opening your messages" />
        </Delayed>
      </div>
    );
  }
  return (
    <EngineProvider engine={engine} personId={personId}>
      {children}
    </EngineProvider>
  );
}
