/** The place (`seq`) of a row in a paged scope; `null` where it has none, or none yet. */
export const placeOf = (data: object | null): number | null =>
  data && 'seq' in data && typeof data.seq === 'number' ? data.seq : null;
