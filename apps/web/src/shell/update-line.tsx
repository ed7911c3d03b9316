import { Button } from '@parley/ui';
import { takeUpdate, useUpdateReady } from './app-update.ts';

/** A new version is here: says so below the header, where nobody writes or presses, and waits to be asked. */
export function UpdateLine() {
  if (!useUpdateReady()) return null;
  return (
    <div
      role="status"
      className="fixed top-[calc(4.25rem+env(safe-area-inset-top))] right-3 z-20 flex items-center gap-3 rounded-lg border border-line bg-sheet py-1.5 pr-1.5 pl-4 text-base text-ink-2 shadow-lift"
    >
      New version.
      <Button size="small" onClick={() => takeUpdate()}>
        Reload
      </Button>
    </div>
  );
}
