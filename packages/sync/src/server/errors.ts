import type { RequestErrorCode } from '../protocol.ts';

/** A request that is refused whole: nothing of it was looked at, nothing is used up. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly code: RequestErrorCode;
  constructor(code: RequestErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** The database is busy: nothing was done, and asking again later makes sense. */
export class Busy extends RequestError {
  /** `lock`: somebody holds what this act needs; other acts go on. `server`: nothing goes on for the moment. */
  readonly reason: 'lock' | 'server';
  constructor(reason: 'lock' | 'server', cause: unknown) {
    super('BUSY', 'The server is busy; try again in a moment.');
    this.reason = reason;
    this.cause = cause;
  }
}
