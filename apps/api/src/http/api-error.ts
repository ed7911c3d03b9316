/** Errors that travel: a stable code and safe words. Everything else is `INTERNAL`, logged, without details. */
import { Refusal } from '@parley/sync/mutator';
import { Busy } from '@parley/sync/server';
import { TRPCError } from '@trpc/server';
import { z } from 'zod';

type TrpcCode = TRPCError['code'];

/** Thrown by server code to refuse a request. `retryAfterSeconds` says when asking again makes sense. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: string;
  readonly status: TrpcCode;
  readonly retryAfterSeconds: number | undefined;
  constructor(code: string, message: string, options: { status?: TrpcCode; retryAfterSeconds?: number } = {}) {
    super(message);
    this.code = code;
    this.status = options.status ?? 'BAD_REQUEST';
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** What a client sees of an error, as `error.data`. */
export interface ErrorData {
  code: string;
  httpStatus: number;
  requestId: string;
  path?: string;
  retryAfterSeconds?: number;
  /** For `INVALID`: which fields, and why. Never the values. */
  issues?: { path: string; message: string }[];
}

const INTERNAL_MESSAGE = 'Something went wrong on the server.';

/** Our words for tRPC's own codes. */
const trpcCodes: Partial<Record<TrpcCode, string>> = {
  INTERNAL_SERVER_ERROR: 'INTERNAL',
  UNAUTHORIZED: 'UNAUTHORISED',
  PAYLOAD_TOO_LARGE: 'TOO_LARGE',
  TOO_MANY_REQUESTS: 'RATE_LIMITED',
};

const refusalStatus: Readonly<Record<string, TrpcCode>> = {
  not_found: 'NOT_FOUND',
  forbidden: 'FORBIDDEN',
  id_taken: 'CONFLICT',
  last_owner: 'CONFLICT',
  partners_already: 'CONFLICT',
  ended: 'CONFLICT',
};

/** Gives an error thrown inside a procedure its status; what is not ours passes unchanged and becomes `INTERNAL`. */
export function toTrpcError(error: TRPCError): TRPCError {
  const { cause } = error;
  if (error.code !== 'INTERNAL_SERVER_ERROR') return error;
  if (cause instanceof Busy) {
    const busy = new ApiError('BUSY', cause.message, { status: 'SERVICE_UNAVAILABLE', retryAfterSeconds: 5 });
    return new TRPCError({ code: busy.status, message: busy.message, cause: busy });
  }
  if (cause instanceof ApiError) return new TRPCError({ code: cause.status, message: cause.message, cause });
  if (cause instanceof Refusal) {
    return new TRPCError({ code: refusalStatus[cause.code] ?? 'BAD_REQUEST', message: cause.message, cause });
  }
  return error;
}

/** The stable code that an error has for the client. */
export const codeOf = (error: TRPCError): string =>
  describeError(error, { httpStatus: 0, requestId: '', path: '' }).data.code;

/** The message and data of an error as the client gets them. */
export function describeError(
  error: TRPCError,
  { httpStatus, requestId, path }: { httpStatus: number; requestId: string; path?: string | undefined },
): { message: string; data: ErrorData } {
  const common = { httpStatus, requestId, ...(path === undefined ? {} : { path }) };
  const { cause } = error;
  if (cause instanceof ApiError) {
    const { code, message, retryAfterSeconds } = cause;
    return { message, data: { code, ...common, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) } };
  }
  if (cause instanceof Refusal) return { message: cause.message, data: { code: cause.code.toUpperCase(), ...common } };
  if (error.code === 'INTERNAL_SERVER_ERROR')
    return { message: INTERNAL_MESSAGE, data: { code: 'INTERNAL', ...common } };
  if (error.code === 'BAD_REQUEST' && cause instanceof z.core.$ZodError) {
    const issues = cause.issues.slice(0, 10).map(({ path: where, message }) => ({ path: where.join('.'), message }));
    return { message: 'Something in this request is not valid.', data: { code: 'INVALID', ...common, issues } };
  }
  if (error.code === 'PARSE_ERROR' || (error.code === 'BAD_REQUEST' && cause instanceof SyntaxError)) {
    return { message: 'This is not a request this server understands.', data: { code: 'PARSE_ERROR', ...common } };
  }
  return { message: error.message, data: { code: trpcCodes[error.code] ?? error.code, ...common } };
}
