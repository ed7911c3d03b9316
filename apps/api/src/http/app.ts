/** The HTTP side: health, procedures, and the web app's files. */
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { Hono } from 'hono';
import type { HttpBindings } from '@hono/node-server';
import { randomUUID } from 'node:crypto';
import { takePiece } from '../imports/upload.ts';
import { logger } from '../logger.ts';
import { mayRead } from '../metrics/metrics.ts';
import { appRouter, procedureKinds } from '../router.ts';
import type { Services } from '../services.ts';
import { BATCH_CALLS, batchTooLarge, logError, type Context } from '../trpc.ts';
import { addressOf } from './address.ts';
import type { ErrorData } from './api-error.ts';
import { mayChange } from './origin.ts';
import { securityHeaders } from './security-headers.ts';
import type { StaticFiles } from './static-files.ts';

export const HTTP_LIMITS = {
  /** Bytes of a request's body; the largest that a procedure takes is a push. */
  bodyBytes: 512 * 1024,
} as const;

interface Bindings {
  Bindings: HttpBindings;
  Variables: { requestId: string };
}

export function createApp(services: Services, files: StaticFiles): Hono<Bindings> {
  const { publicUrl } = services.settings;
  const app = new Hono<Bindings>();

  app.use(async (context, next) => {
    context.set('requestId', randomUUID());
    await next();
    const { headers } = context.res;
    for (const [name, value] of Object.entries(securityHeaders(publicUrl, context.req.header('host') ?? null))) {
      headers.set(name, value);
    }
    headers.set('x-request-id', context.get('requestId'));
  });

  app.get('/healthz', ({ json }) => json({ status: 'ok' }, 200, { 'cache-control': 'no-store' }));
  app.get('/readyz', async ({ json }) => {
    const readiness = await services.health.readiness();
    return json(readiness, readiness.ready ? 200 : 503, { 'cache-control': 'no-store' });
  });

  app.get('/metrics', async (context) => {
    if (!mayRead(context.req.header('authorization'), services.settings.metricsToken)) {
      const refused = { status: 401, code: 'UNAUTHORISED', words: 'Bring the token of the metrics.' };
      const response = errorResponse({ ...refused, requestId: context.get('requestId') });
      response.headers.set('www-authenticate', 'Bearer');
      return response;
    }
    const { metrics } = services;
    return context.body(await metrics.text(), 200, {
      'content-type': metrics.contentType,
      'cache-control': 'no-store',
    });
  });

  app.all('/trpc/*', async (context) => {
    const requestId = context.get('requestId');
    const refused = await refuse(context.req.raw, publicUrl);
    if (refused) return errorResponse({ ...refused, requestId });
    return answerProcedure(services, context.env, context.req.raw, requestId);
  });

  app.put('/imports/slack/:id', async (context) => {
    const { incoming } = context.env;
    const taken = await takePiece(
      services,
      context.req.raw,
      addressOf(incoming.socket.remoteAddress, incoming.headers),
    );
    if ('received' in taken) return context.json(taken, 200, { 'cache-control': 'no-store' });
    return errorResponse({ ...taken, requestId: context.get('requestId') });
  });

  app.all('*', (context) => {
    const requestId = context.get('requestId');
    return (
      files.respond(context.req.raw) ??
      errorResponse({ status: 404, code: 'NOT_FOUND', words: 'Nothing is here.', requestId })
    );
  });

  app.onError((error, context) => {
    const requestId = context.get('requestId');
    logger.error({ err: error, requestId }, 'a request failed');
    return errorResponse({ status: 500, code: 'INTERNAL', words: 'Something went wrong on the server.', requestId });
  });
  return app;
}

interface Refused {
  status: number;
  code: string;
  words: string;
}

const streams: ReadonlySet<string> = new Set(
  [...procedureKinds].flatMap(([path, kind]) => (kind === 'subscription' ? [path] : [])),
);

/** What is refused before any procedure is looked at. */
async function refuse(request: Request, publicUrl: string): Promise<Refused | null> {
  const { method, headers, url } = request;
  if (method !== 'GET' && method !== 'POST') {
    return { status: 405, code: 'METHOD_NOT_SUPPORTED', words: 'Use GET or POST.' };
  }
  const { pathname, searchParams } = new URL(url);
  const paths = pathname.slice('/trpc/'.length).split(/,|%2c/i);
  if (paths.length > BATCH_CALLS) return { status: 400, ...batchTooLarge };
  if (!paths.every((path) => /^[\w.-]{1,100}$/.test(path)) || searchParams.has('connectionParams')) {
    return { status: 400, code: 'BAD_REQUEST', words: 'This names no procedure.' };
  }
  if (paths.some((path) => streams.has(path))) {
    return { status: 405, code: 'SOCKET_ONLY', words: 'This works over a WebSocket only.' };
  }
  if (method === 'GET') return null;
  if (!mayChange(headers, publicUrl)) {
    return { status: 403, code: 'CROSS_ORIGIN', words: 'Requests from other sites are refused.' };
  }
  if (!/^application\/json\s*(;|$)/i.test(headers.get('content-type') ?? '')) {
    return { status: 415, code: 'UNSUPPORTED_MEDIA_TYPE', words: 'Send JSON.' };
  }
  if (Number(headers.get('content-length') ?? 0) > HTTP_LIMITS.bodyBytes) return tooLarge;
  return null;
}

const tooLarge: Refused = { status: 413, code: 'TOO_LARGE', words: 'This request is too large.' };

async function answerProcedure(
  services: Services,
  { incoming }: HttpBindings,
  request: Request,
  requestId: string,
): Promise<Response> {
  const body = await readBody(request);
  if (body === null) return errorResponse({ ...tooLarge, requestId });
  const { method, url, headers, signal } = request;
  const response = await fetchRequestHandler({
    endpoint: '/trpc',
    router: appRouter,
    req: method === 'GET' ? request : new Request(url, { method, headers, signal, body }),
    maxBatchSize: BATCH_CALLS,
    async createContext({ resHeaders }): Promise<Context> {
      const address = addressOf(incoming.socket.remoteAddress, incoming.headers);
      const exchange = { headers, responseHeaders: resHeaders, address };
      return {
        services,
        requestId,
        session: await services.identity.session(exchange),
        address,
        userAgent: headers.get('user-agent'),
        exchange,
        connection: null,
      };
    },
    onError: logError,
    responseMeta({ errors }) {
      const seconds = errors.map(
        ({ cause }) => (cause as { retryAfterSeconds?: number } | undefined)?.retryAfterSeconds,
      );
      const longest = Math.max(0, ...seconds.map((value) => value ?? 0));
      return {
        headers: new Headers({ 'cache-control': 'no-store', ...(longest > 0 && { 'retry-after': String(longest) }) }),
      };
    },
  });
  return response;
}

/** The body, read no further than it may be long; `null` beyond. A body of unknown length is counted as it comes. */
async function readBody(request: Request): Promise<Uint8Array<ArrayBuffer> | null> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body ?? []) {
    length += chunk.byteLength;
    if (length > HTTP_LIMITS.bodyBytes) return null;
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

/** An error outside any procedure, in the shape of those inside. */
export function errorResponse({ status, code, words, requestId }: Refused & { requestId: string }): Response {
  const body = errorBody({ status, code, words, requestId });
  // What is left of a body that is too large is not read: the connection cannot be used again.
  const headers = { 'cache-control': 'no-store', ...(status === 413 && { connection: 'close' }) };
  return Response.json(body, { status, headers });
}

export function errorBody({ status, code, words, requestId }: Refused & { requestId: string }) {
  const data: ErrorData = { code, httpStatus: status, requestId };
  // JSON-RPC's number for an invalid request.
  return { error: { message: words, code: -32_600, data } };
}
