/** Something that is wrong with an installation, in words, and how it is put right. */
export interface Finding {
  /** Stable, for scripts. */
  readonly code: string;
  readonly what: string;
  readonly mend: string;
}

/** The first sentence of whatever was thrown. */
export function reason(error: unknown): string {
  if (error instanceof AggregateError) return reason(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
