const day = 86_400_000;

function startOfDay(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}

/** Whole calendar days between two instants in the reader's time zone; negative when `at` lies ahead. */
export function daysBetween(at: number, now: number): number {
  return Math.round((startOfDay(now) - startOfDay(at)) / day);
}

// Building a formatter costs a thousand times more than using one.
const formats = new Map<string, Intl.DateTimeFormat>();

function format(at: number, name: string, options: Intl.DateTimeFormatOptions, locale: string | undefined): string {
  const key = `${locale ?? ''} ${name}`;
  let formatter = formats.get(key);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat(locale, options);
    formats.set(key, formatter);
  }
  return formatter.format(at);
}

/** 14:32 */
export function formatClock(at: number, locale?: string): string {
  return format(at, 'clock', { hour: '2-digit', minute: '2-digit' }, locale);
}

/** The shortest that is still clear: 14:32 today, Fri within a week, 3 Nov this year, 3 Nov 2017 before. */
export function formatShort(at: number, now: number, locale?: string): string {
  const days = daysBetween(at, now);
  if (days === 0) return formatClock(at, locale);
  if (days > 0 && days < 7) return format(at, 'weekday', { weekday: 'short' }, locale);
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return sameYear
    ? format(at, 'day', { day: 'numeric', month: 'short' }, locale)
    : format(at, 'dayYear', { day: 'numeric', month: 'short', year: 'numeric' }, locale);
}

/** A day as a heading: Today, Yesterday, Monday, 3 November, Tuesday, 5 December 2017. */
export function formatDay(at: number, now: number, locale?: string): string {
  const days = daysBetween(at, now);
  if (days === 0 || days === 1) {
    const words = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(-days, 'day');
    return words.slice(0, 1).toLocaleUpperCase(locale) + words.slice(1);
  }
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return sameYear
    ? format(at, 'dayLong', { weekday: 'long', day: 'numeric', month: 'long' }, locale)
    : format(at, 'dayLongYear', { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }, locale);
}

/** Everything: Sunday, 22 November 2026 at 14:32 */
export function formatFull(at: number, locale?: string): string {
  return format(at, 'full', { dateStyle: 'full', timeStyle: 'short' }, locale);
}

const steps: [limit: number, unit: Intl.RelativeTimeFormatUnit, size: number][] = [
  [3_600_000, 'minute', 60_000],
  [day, 'hour', 3_600_000],
  [7 * day, 'day', day],
  [30 * day, 'week', 7 * day],
  [365 * day, 'month', 30.44 * day],
  [Number.POSITIVE_INFINITY, 'year', 365.25 * day],
];

/** 2 minutes ago, in 14 days, now. */
export function formatRelative(at: number, now: number, locale?: string): string {
  const words = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const distance = at - now;
  if (Math.abs(distance) < 45_000) return words.format(0, 'second');
  for (const [limit, unit, size] of steps) {
    if (Math.abs(distance) < limit) return words.format(Math.round(distance / size) || Math.sign(distance), unit);
  }
  return '';
}
