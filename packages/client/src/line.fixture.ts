/** What lies between a client and its server, and can fail. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

const PORTAL = 'HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 7\r\n\r\nSign in';

/** A way to the server that can be cut. */
export class Line {
  readonly url: string;
  readonly #sockets = new Set<Socket>();
  #leads: 'to the server' | 'nowhere' | 'to the network' | 'one way' = 'to the server';

  private constructor(url: string) {
    this.url = url;
  }

  static async to(target: string): Promise<Line> {
    const proxy = createServer((near) => {
      if (line.#leads === 'to the network') return near.once('data', () => near.end(PORTAL));
      if (line.#leads === 'nowhere') return near.destroy();
      const far = connect(Number(new URL(target).port), '127.0.0.1');
      for (const socket of [near, far]) {
        line.#sockets.add(socket);
        socket.on('error', () => {});
        socket.on('close', () => line.#sockets.delete(socket));
      }
      near.pipe(far);
      if (line.#leads === 'one way') far.once('data', () => near.destroy());
      else far.pipe(near);
      return undefined;
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const line = new Line(`http://127.0.0.1:${(proxy.address() as AddressInfo).port}`);
    onTestFinished(() => {
      line.cut();
      proxy.close();
    });
    return line;
  }

  cut(): void {
    this.#leads = 'nowhere';
    for (const socket of this.#sockets) socket.destroy();
  }

  /** From now on it answers in place of the server, as a network does into which one has not signed in. */
  takeOver(): void {
    this.cut();
    this.#leads = 'to the network';
  }

  /** From now on the server hears everything, and nobody hears its answers. */
  loseAnswers(): void {
    this.cut();
    this.#leads = 'one way';
  }

  mend(): void {
    this.#leads = 'to the server';
  }
}
