/** What a page sends and receives, counted where it leaves the browser. */
import type { BrowserContext, Page, Request } from '@playwright/test';
import { gzipSync } from 'node:zlib';

export interface Frames {
  /** Bytes of the frames so far, their headers included. */
  readonly sent: number;
  readonly received: number;
  /** Texts of the frames so far. */
  readonly texts: readonly string[];
  /** Counts from nothing again. */
  reset(): void;
}

const BINARY = 2;

/** Counts the WebSocket frames of a page, also of sockets that open later; rooms, which speak in bytes, are left out. */
export async function countFrames(page: Page): Promise<Frames> {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  let [sent, received] = [0, 0];
  let texts: string[] = [];
  session.on('Network.webSocketFrameSent', ({ response }) => {
    if (response.opcode === BINARY) return;
    sent += frameBytes(response.payloadData) + MASK_BYTES;
    texts.push(response.payloadData);
  });
  session.on('Network.webSocketFrameReceived', ({ response }) => {
    if (response.opcode === BINARY) return;
    received += frameBytes(response.payloadData);
    texts.push(response.payloadData);
  });
  return {
    get sent() {
      return sent;
    },
    get received() {
      return received;
    },
    get texts() {
      return texts;
    },
    reset() {
      [sent, received] = [0, 0];
      texts = [];
    },
  };
}

/**
 * Everything asked over the sockets has its answer, and the server has told that the person read up to this place, and
 * that so did everybody else in the open thread.
 */
export function isReadUpTo(seq: number, everybody: number, { texts }: Frames): boolean {
  const idOf = (text: string) => /^\{"id":(\d+),/.exec(text)?.[1];
  const asked = texts.filter((text) => text.includes('"method":"mutation"')).map(idOf);
  const answered = new Set(texts.filter((text) => text.includes('"result":')).map(idOf));
  const told = texts.some((text) => text.includes('"readPosition"') && text.includes(`"seq":${seq},`));
  const receipts = texts.flatMap((text) => [...text.matchAll(/\["receipt","([^"]+)",\d+,\{"upTo":(\d+)\}\]/g)]);
  const readers = new Set(receipts.flatMap(([, person, upTo]) => (Number(upTo) >= seq ? person : [])));
  return told && readers.size === everybody && asked.every((id) => answered.has(id));
}

/** A browser masks what it sends (RFC 6455, 5.3). */
const MASK_BYTES = 4;

/** An unmasked frame: two bytes, a longer length where it is needed (RFC 6455, 5.2), and the payload. */
function frameBytes(payload: string): number {
  const bytes = Buffer.byteLength(payload);
  return 2 + (bytes > 65_535 ? 8 : bytes > 125 ? 2 : 0) + bytes;
}

/** Requests that reach the network from now on: of pages past their service worker, and of the worker itself. */
export function listenToNetwork(context: BrowserContext): string[] {
  const asked: string[] = [];
  const note = (request: Request): void => {
    asked.push(`${request.method()} ${request.url()}`);
  };
  context.on('requestfinished', (request) => {
    if (request.serviceWorker() !== null) return note(request);
    void request.response().then((response) => {
      if (response && !response.fromServiceWorker()) note(request);
    });
  });
  context.on('requestfailed', note);
  return asked;
}

export interface Script {
  path: string;
  gzip: number;
}

/** Scripts that a page has fetched, each by its size under gzip at the usual level; a service worker's own not. */
export function collectScripts(page: Page): () => Promise<Script[]> {
  const scripts = new Map<string, Promise<Script>>();
  page.on('response', (response) => {
    if (response.request().resourceType() !== 'script' || response.request().serviceWorker() !== null) return;
    const path = new URL(response.url()).pathname;
    scripts.set(
      path,
      response.body().then((body) => ({ path, gzip: gzipSync(body, { level: 6 }).length })),
    );
  });
  return () => Promise.all(scripts.values());
}
