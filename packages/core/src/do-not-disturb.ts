import type { SettingsRow } from './settings.ts';

/** The end of what has none: they turn it off themselves. */
export const UNTIL_TURNED_OFF = 8.64e15;

/** Until when a person is not to be disturbed; `null` where they may be. Whatever would make itself noticed asks first. */
export function undisturbedUntil(settings: SettingsRow | undefined, now: number): number | null {
  const until = settings?.doNotDisturbUntil ?? 0;
  return until > now ? until : null;
}
