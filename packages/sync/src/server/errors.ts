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
