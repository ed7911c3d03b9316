import { Time, useMinute } from '@parley/ui';
import { Monitor, Smartphone } from 'lucide-react';
import { presenceWords } from './presence-words.ts';
import type { PersonThere } from '@parley/client/live/people-there';

export interface PresenceLineProps {
  there: PersonThere | undefined;
  /** They have the thread in front of them that this stands in. */
  isLooking?: boolean;
  /** When they last were there, in milliseconds since 1970. */
  seenAt: number | undefined;
  className?: string;
}

/** How somebody is there, or when they last were; nothing where neither is known. */
export function PresenceLine({ there, isLooking = false, seenAt, className = '' }: PresenceLineProps) {
  if (there === undefined) return seenAt === undefined ? null : <LastSeen at={seenAt} className={className} />;
  const [Device, deviceWords] = there.device === 'phone' ? [Smartphone, 'on a phone'] : [Monitor, 'on a computer'];
  const looking = isLooking ? ['Looking at this thread'] : [];
  const words = isLooking && !there.doNotDisturb ? looking : [presenceWords(there), ...looking];
  return (
    <span className={`text-ink-2 ${className}`}>
      {words.join(' · ')}
      {there.status === 'away' ? null : (
        <span title={deviceWords}>
          <Device size={12} aria-hidden className="ml-1 inline-block align-[-1px] text-ink-3" />
          <span className="sr-only"> {deviceWords}</span>
        </span>
      )}
    </span>
  );
}

function LastSeen({ at, className }: { at: number; className: string }) {
  // To the minute, as it is kept.
  const isNow = at >= useMinute();
  return <span className={className}>Last seen {isNow ? 'just now' : <Time at={at} as="relative" />}</span>;
}
