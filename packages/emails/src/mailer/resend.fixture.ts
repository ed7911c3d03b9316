/** Resend as it looks over HTTP: the one call that we make, with its idempotency keys. */
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Received } from './mailer.fixture.ts';

export interface ResendService {
  baseUrl: string;
  received(): Received[];
  /** The error of every further call; `null` takes mail again. */
  error: { statusCode: number; name: string } | null;
  stop(): Promise<void>;
}

interface Sent {
  from: string;
  to: string;
  subject: string;
  html: string;
  text: string;
  headers: Record<string, string>;
}

export const API_KEY = 're_test';

export async function openResendService(): Promise<ResendService> {
  const sent = new Map<string, Sent>();
  const respond = async (request: IncomingMessage): Promise<{ status: number; body: object }> => {
    const key = String(request.headers['idempotency-key']);
    const refuse = (statusCode: number, name: string) => ({
      status: statusCode,
      body: { statusCode, name, message: name },
    });
    const mail = JSON.parse(Buffer.concat(await request.toArray()).toString()) as Sent;
    if (request.url !== '/emails' || request.method !== 'POST') return refuse(404, 'not_found');
    if (request.headers.authorization !== `Bearer ${API_KEY}`) return refuse(401, 'invalid_api_key');
    if (service.error) return refuse(service.error.statusCode, service.error.name);
    const known = sent.get(key);
    if (known && JSON.stringify(known) !== JSON.stringify(mail)) return refuse(409, 'invalid_idempotent_request');
    sent.set(key, mail);
    return { status: 200, body: { id: key } };
  };
  const server = createServer((request, response) => {
    void respond(request).then(({ status, body }) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const service: ResendService = {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    error: null,
    received: () =>
      [...sent].map(([identity, { to, headers, ...rest }]) => ({
        ...rest,
        identity,
        to: [to],
        headers: new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
      })),
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return service;
}
