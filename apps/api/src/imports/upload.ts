/** The pieces of an archive over plain HTTP: `PUT /imports/slack/<import>?offset=<bytes>`. */
import { TRPCError } from '@trpc/server';
import { getHTTPStatusCodeFromError } from '@trpc/server/http';
import { ApiError } from '../http/api-error.ts';
import { mayChange } from '../http/origin.ts';
import type { Services } from '../services.ts';

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export interface UploadRefused {
  status: number;
  code: string;
  words: string;
}

/** Answers `{ received }`, the bytes that are here now, or says why not. */
export async function takePiece(
  { identity, imports, settings }: Pick<Services, 'identity' | 'imports' | 'settings'>,
  request: Request,
  address: string,
): Promise<{ received: number } | UploadRefused> {
  const { pathname, searchParams } = new URL(request.url);
  const importId = pathname.split('/').at(-1) ?? '';
  const offset = Number(searchParams.get('offset') ?? 'none');
  if (!mayChange(request.headers, settings.publicUrl)) {
    return { status: 403, code: 'CROSS_ORIGIN', words: 'Requests from other sites are refused.' };
  }
  const session = await identity.session({ headers: request.headers, responseHeaders: null, address });
  if (!session) return { status: 401, code: 'UNAUTHORISED', words: 'Sign in first.' };
  if (!uuid.test(importId) || !Number.isSafeInteger(offset) || offset < 0) {
    return { status: 404, code: 'NOT_FOUND', words: 'There is no such import.' };
  }
  try {
    return { received: await imports.append({ personId: session.personId, importId }, offset, request.body ?? []) };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const status = getHTTPStatusCodeFromError(new TRPCError({ code: error.status }));
    return { status, code: error.code, words: error.message };
  }
}
