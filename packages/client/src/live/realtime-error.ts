export interface RealtimeErrorDetails {
  /** What a listener threw. */
  cause?: unknown;
  threadId?: string;
}

/** What stands between a person and their live connection. */
export class RealtimeError extends Error {
  override readonly name = 'RealtimeError';
  readonly code: 'UNAUTHORISED' | 'OUTDATED' | 'UNREACHABLE' | 'NOT_FOUND' | 'LISTENER';
  /** Of `NOT_FOUND`. */
  readonly threadId: string | undefined;

  constructor(code: RealtimeError['code'], message: string, { cause, threadId }: RealtimeErrorDetails = {}) {
    super(message, cause === undefined ? {} : { cause });
    this.code = code;
    this.threadId = threadId;
  }
}
