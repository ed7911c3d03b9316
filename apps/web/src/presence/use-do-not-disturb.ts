import { UNTIL_TURNED_OFF, undisturbedUntil } from '@parley/core/do-not-disturb';
import { userScope } from '@parley/core/scopes';
import { useMinute } from '@parley/ui';
import { attempt } from '../sync/attempt.ts';
import { useEngine, usePersonId } from '../sync/engine-provider.tsx';
import { useRow } from '../sync/views.ts';

const HOUR = 3_600_000;
const MORNING = 9;

/** Whole minutes: where it is shown, a minute is the step. */
const choices = [
  { words: 'for an hour', end: (now: number) => now + HOUR },
  {
    words: 'until tomorrow morning',
    end: (now: number) => {
      const today = new Date(now);
      return new Date(today.getFullYear(), today.getMonth(), today.getDate() + 1, MORNING).getTime();
    },
  },
  { words: 'until I end it', end: () => UNTIL_TURNED_OFF },
] as const;

export interface DoNotDisturb {
  /** `null` while the person may be disturbed. */
  until: number | null;
  choices: readonly { words: string; choose: () => void }[];
  end: () => void;
}

/** That the person wants to be left alone, on all their devices. */
export function useDoNotDisturb(): DoNotDisturb {
  const engine = useEngine();
  const personId = usePersonId();
  const now = useMinute();
  const settings = useRow(userScope(personId), 'settings', personId)?.data;
  const change = (until: number) => void attempt(engine.mutate('changeSettings', { doNotDisturbUntil: until }));
  return {
    until: undisturbedUntil(settings, now),
    choices: choices.map(({ words, end }) => ({ words, choose: () => change(end(now)) })),
    end: () => change(0),
  };
}
