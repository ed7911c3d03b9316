/**
 * Stands between browsers and an installation, as a network does: passes everything on, plays the server of another
 * release, or answers with a page of its own, as the networks of hotels and trains do before one has signed in.
 */
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** `former` speaks the protocol before this one, which the server still serves, and keeps another cache; `ancient` one that it does not. */
export type Release = 'this' | 'former' | 'ancient';

export interface Gateway {
  /** Origin, without a trailing slash. */
  url: string;
  /** From now on the web app's files are those of this release. */
  serve(release: Release): void;
  /** Whether everything is answered with a page of the network's own. Cuts what is open. */
  portal(on: boolean): void;
  /** What the portal has answered, as `METHOD /path`. */
  readonly portalAnswers: readonly string[];
  /** Scripts that were given another protocol. */
  readonly changedScripts: number;
  [Symbol.asyncDispose](): Promise<void>;
}

const PORTAL = '<!doctype html><title>Welcome</title><h1>Free WiFi</h1><p>Accept our terms to go online.</p>';

export async function openGateway(installation: string): Promise<Gateway> {
  const target = new URL(installation);
  const open = new Set<Socket>();
  const portalAnswers: string[] = [];
  let release: Release = 'this';
  let isPortal = false;
  let changedScripts = 0;

  const headersFor = (incoming: IncomingMessage) => {
    const { origin, ...headers } = incoming.headers;
    return { ...headers, host: target.host, ...(origin !== undefined && { origin: target.origin }) };
  };

  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    if (isPortal) {
      portalAnswers.push(`${incoming.method} ${incoming.url}`);
      outgoing.writeHead(200, { 'content-type': 'text/html', 'content-length': PORTAL.length }).end(PORTAL);
      return;
    }
    const headers: Record<string, string | string[] | undefined> = headersFor(incoming);
    if (release !== 'this') {
      delete headers['if-none-match'];
      headers['accept-encoding'] = 'identity';
    }
    const passed = request(installation + (incoming.url ?? '/').replace(/\.(former|ancient)\.js/, '.js'), {
      method: incoming.method ?? 'GET',
      headers,
    });
    incoming.pipe(passed);
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      passed.once('response', resolve).once('error', reject);
    });
    const isText = /html|javascript/.test(response.headers['content-type'] ?? '');
    if (release === 'this' || !isText) {
      outgoing.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(outgoing);
      return;
    }
    const { text, changed } = asReleased(String(await buffer(response)), release);
    changedScripts += changed;
    const { etag: _, ...kept } = response.headers;
    const body = Buffer.from(text);
    outgoing.writeHead(response.statusCode ?? 502, { ...kept, 'content-length': body.length }).end(body);
  };

  const server = createServer((incoming, outgoing) => {
    answer(incoming, outgoing).catch(() => outgoing.destroy());
  });
  server.on('connection', (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  server.on('upgrade', (incoming, socket: Socket, head) => {
    if (isPortal) {
      portalAnswers.push(`UPGRADE ${incoming.url}`);
      socket.end(`HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: ${PORTAL.length}\r\n\r\n${PORTAL}`);
      return;
    }
    const onward = connect(Number(target.port), target.hostname, () => {
      const lines = Object.entries(headersFor(incoming)).map(([name, value]) => `${name}: ${String(value)}`);
      onward.write(`GET ${incoming.url} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
      onward.write(head);
      socket.pipe(onward).pipe(socket);
    });
    onward.on('error', () => socket.destroy());
    socket.on('error', () => onward.destroy());
    socket.once('close', () => onward.destroy());
  });
  server.listen(0, 'localhost');
  await new Promise((resolve) => server.once('listening', resolve));

  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    serve(next) {
      release = next;
    },
    portal(on) {
      isPortal = on;
      for (const socket of open) socket.destroy();
    },
    portalAnswers,
    get changedScripts() {
      return changedScripts;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A file of the web app as another release had it: other names of files, another protocol, perhaps another cache, and a mark in the page. */
function asReleased(text: string, release: 'former' | 'ancient'): { text: string; changed: number } {
  let changed = 0;
  const released = text
    .replaceAll(/\b([\w-]+-[\w-]{8})\.js\b/g, `$1.${release}.js`)
    .replaceAll(/("?revision"?):\s*"(\w+)"/g, `$1:"${release}$2"`)
    .replaceAll(/<html\b/g, `<html data-release="${release}"`)
    .replaceAll('parley-cache-2', release === 'former' ? 'parley-cache-1' : 'parley-cache-2')
    .replaceAll(/protocol:2\b/g, () => {
      changed += 1;
      return `protocol:${release === 'former' ? 1 : 0}`;
    });
  return { text: released, changed };
}
