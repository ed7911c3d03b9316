const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'short', timeZone: 'UTC' });

/** The reader's time zone is not known: the one that is meant is said. */
export const dayOf = (time: number): string => `${day.format(time)} UTC`;
