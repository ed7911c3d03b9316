import { Button, notify, Spinner } from '@parley/ui';
import { useEffect, useRef, useState } from 'react';
import { saveFile } from '../accounts/save-text.ts';
import { Setting } from '../shell/setting.tsx';
import { useEngine, usePersonId } from '../sync/engine-provider.tsx';

/** Offers all that the person may see as one file, made on this device. */
export function ExportSetting() {
  const engine = useEngine();
  const personId = usePersonId();
  const [progress, setProgress] = useState<{ done: number; of: number } | null>(null);
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);

  const run = async () => {
    const controller = new AbortController();
    running.current = controller;
    setProgress({ done: 0, of: 0 });
    try {
      const { exportEverything } = await import('./export-everything.tsx');
      const onThread = (done: number, of: number) => setProgress({ done, of });
      const { archive, incomplete } = await exportEverything({ engine, personId }, onThread, controller.signal);
      saveFile(archive, `parley-${new Date().toISOString().slice(0, 10)}.zip`);
      notify(
        incomplete === 0
          ? 'Everything is saved as a file'
          : `Saved as a file, without the oldest messages of ${incomplete === 1 ? 'one thread' : `${incomplete} threads`}: they are not on this device`,
      );
    } catch {
      if (!controller.signal.aborted) notify('That could not be made into a file.', { tone: 'bad' });
    } finally {
      setProgress(null);
    }
  };

  return (
    <Setting
      title="Export"
      note="Every thread you take part in, your drafts and saved messages, as pages to read and as data. Works without a connection with what is on this device."
    >
      {progress === null ? (
        <Button onClick={() => void run()}>Export everything</Button>
      ) : (
        <span className="flex items-center gap-3">
          <Spinner label="Exporting" />
          <span className="text-sm text-ink-2 tabular-nums">
            {progress.of === 0 ? 'Beginning' : `Thread ${progress.done + 1} of ${progress.of}`}
          </span>
          <Button look="plain" onClick={() => running.current?.abort()}>
            Cancel
          </Button>
        </span>
      )}
    </Setting>
  );
}
