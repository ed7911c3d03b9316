import type { AppRouter } from '@parley/api/router';
import { TRPCClientError, type TRPCLink } from '@trpc/client';
import { observable } from '@trpc/server/observable';

/** A call that was refused or did not come through. */
export class ParleyError extends TRPCClientError<AppRouter> {
  /**
   * Stable, such as `FORBIDDEN`, `INVALID` or `RATE_LIMITED`. Not from the server: `UNREACHABLE`, nobody knows whether
   * the call was carried out; `NOT_PARLEY`, something else answered.
   */
  readonly code: string;
  /** Under which the server's log knows the call. */
  readonly requestId: string | undefined;
  /** When asking again makes sense. */
  readonly retryAfterSeconds: number | undefined;

  constructor(error: TRPCClientError<AppRouter>) {
    const { data, shape, cause } = error;
    const code = data?.code ?? (cause instanceof NoAnswer ? 'UNREACHABLE' : 'NOT_PARLEY');
    super(withoutServer[code] ?? error.message, {
      cause: cause ?? error,
      ...(shape && { result: { error: shape } }),
    });
    // The class above makes every instance one of its own.
    Object.setPrototypeOf(this, ParleyError.prototype);
    this.name = 'ParleyError';
    this.code = code;
    this.requestId = data?.requestId;
    this.retryAfterSeconds = data?.retryAfterSeconds;
  }
}

const withoutServer: Readonly<Record<string, string>> = {
  NOT_PARLEY: 'What answered is not Parley.',
  UNREACHABLE: 'The server did not answer.',
};

/** The network gave nothing, or not all of it. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

/** Makes every error that comes out of a call a `ParleyError`. */
export const parleyErrors: TRPCLink<AppRouter> =
  () =>
  ({ op, next }) =>
    observable((observer) =>
      next(op).subscribe({
        next: (value) => observer.next(value),
        error: (error) => observer.error(new ParleyError(error)),
        complete: () => observer.complete(),
      }),
    );
