import type { Pending } from '@parley/sync/client';
import { Button } from '@parley/ui';
import { Clock } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useLogDoor } from './log-door.ts';
import type { LogMessage } from './timeline.ts';

/** Under a message that has not gone out and can still be taken back. */
export function Held({ row, item }: { row: LogMessage; item: Pending }) {
  const { takeBack, sendNow } = useLogDoor();
  const seconds = useSecondsUntil(item.heldUntil ?? 0);
  return (
    <div role="group" aria-label="Not sent yet" className="mt-1 flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
      <span className="flex items-center gap-1.5 text-ink-3 tabular-nums">
        <Clock size={13} aria-hidden />
        {seconds > 0 ? `Goes out in ${seconds} s` : 'Going out'}
      </span>
      <span className="flex gap-1.5">
        <Button size="small" onClick={() => takeBack(row)}>
          Undo
        </Button>
        <Button size="small" look="plain" onClick={() => sendNow(item.id)}>
          Send now
        </Button>
      </span>
    </div>
  );
}

/** Whole seconds left, counted down while it is in sight. */
function useSecondsUntil(at: number): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return Math.max(0, Math.ceil((at - now) / 1_000));
}
