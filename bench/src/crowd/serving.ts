/** What every server that is measured answers. */
import { once } from 'node:events';
import type { Server } from 'node:http';
import { Session } from 'node:inspector/promises';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

export interface Memory {
  /** Bytes that the machine gives the process. */
  rss: number;
  /** Bytes of what is alive in it, buffers too. */
  heap: number;
}

export type Serving = {
  /** Returns its port on 127.0.0.1, which is the one asked for where it is ours. */
  listen: (databaseUrl: string, port?: number) => Promise<number>;
  memory: () => Promise<Memory>;
};

/** And what ours answers besides, for `--profile`. */
export type Profiled = Serving & {
  startProfile: () => Promise<void>;
  /** Returns the text of a `.cpuprofile`. */
  stopProfile: () => Promise<string>;
};

/** Once what nobody holds has been thrown away. */
export async function memory(): Promise<Memory> {
  // What one round sets free may hold something that the next one does.
  for (let round = 0; round < 3; round += 1) {
    await delay(50);
    globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  }
  const { rss, heapUsed, external } = process.memoryUsage();
  return { rss, heap: heapUsed + external };
}

export async function listenAnywhere(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const session = new Session();

export async function startProfile(): Promise<void> {
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: 200 });
  await session.post('Profiler.start');
}

export async function stopProfile(): Promise<string> {
  const { profile } = await session.post('Profiler.stop');
  session.disconnect();
  return JSON.stringify(profile);
}
