/** When a message may be sent later, in the person's own time zone. Every time is a moment: milliseconds since 1970. */

export interface SchedulePreset {
  label: string;
  at: number;
}

const MORNING = 9;
const HOUR_MS = 3_600_000;

/** In an hour; tomorrow and next Monday at nine, as the clock on the wall will show it. */
export function schedulePresets(now: number): SchedulePreset[] {
  const today = new Date(now);
  const morning = (days: number) =>
    new Date(today.getFullYear(), today.getMonth(), today.getDate() + days, MORNING).getTime();
  const toMonday = (8 - today.getDay()) % 7 || 7;
  const presets = [
    { label: 'In an hour', at: now + HOUR_MS },
    { label: 'Tomorrow morning', at: morning(1) },
  ];
  return toMonday === 1 ? presets : [...presets, { label: 'Monday morning', at: morning(toMonday) }];
}

/** A moment as a field for local date and time wants it: `2026-11-23T09:00`. */
export function toLocalField(at: number): string {
  const date = new Date(at);
  const two = (n: number) => String(n).padStart(2, '0');
  const day = `${String(date.getFullYear()).padStart(4, '0')}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** The moment that such a field names; `null` while it is not filled in. */
export function fromLocalField(value: string): number | null {
  const at = new Date(value).getTime();
  return value === '' || Number.isNaN(at) ? null : at;
}

/** "Mon 23 Nov, 09:00". */
export const momentWords = (at: number): string =>
  new Intl.DateTimeFormat(undefined, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  }).format(at);

/** The zone in which times are shown: "Europe/Berlin". */
export const ownZone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone.replaceAll('_', ' ');
