import { IconButton, Popover } from '@parley/ui';
import { Clock } from 'lucide-react';
import { lazy, Suspense } from 'react';

const TimeChoice = lazy(async () => ({ default: (await import('./time-choice.tsx')).TimeChoice }));

/** Beside the button that sends: the same, later. */
export function ScheduleMenu({ onPick }: { onPick: (at: number) => void }) {
  return (
    <Popover
      label="Send later"
      side="top"
      bare
      trigger={(props) => (
        <IconButton {...props} label="Send later">
          <Clock size={16} />
        </IconButton>
      )}
    >
      {(close) => (
        <Suspense>
          <TimeChoice
            onPick={(at) => {
              close();
              onPick(at);
            }}
          />
        </Suspense>
      )}
    </Popover>
  );
}
