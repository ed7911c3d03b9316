/** A way to PostgreSQL that can lose the answer to a COMMIT, as a network does that breaks at the worst moment. */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface LosingProxy {
  url: string;
  /** The next COMMIT reaches the database; its answer is lost, and the connection with it. */
  loseNextCommit(): void;
  /** Answers lost so far. */
  readonly lost: number;
  close(): Promise<void>;
}

export async function openLosingProxy(databaseUrl: string): Promise<LosingProxy> {
  const target = new URL(databaseUrl);
  const open = new Set<Socket>();
  let armed = false;
  let lost = 0;
  const server = createServer((client) => {
    const database = connect(Number(target.port), target.hostname);
    let losing = false;
    client.on('data', (bytes) => {
      if (armed && /commit\0/i.test(bytes.toString('latin1'))) {
        armed = false;
        losing = true;
      }
      database.write(bytes);
    });
    database.on('data', (bytes) => {
      if (!losing) return void client.write(bytes);
      // The answer has come as far as here: the database has committed.
      lost += 1;
      client.destroy();
      return database.destroy();
    });
    for (const [one, other] of [
      [client, database],
      [database, client],
    ] as const) {
      open.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        open.delete(one);
        other.destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const url = new URL(databaseUrl);
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: url.href,
    loseNextCommit() {
      armed = true;
    },
    get lost() {
      return lost;
    },
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
