import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../embedded/embedded-postgres.ts';

/** A PostgreSQL server in a temporary directory. */
export interface TestCluster {
  url: string;
  /** Stops the server and removes its directory. */
  remove(): Promise<void>;
}

/** Starts the throwaway cluster that one test run shares. It forgets everything in a crash, which makes it fast. */
export async function startThrowawayCluster(): Promise<TestCluster> {
  const dataDir = await mkdtemp(join(tmpdir(), 'parley-test-'));
  const server = await startEmbeddedPostgres({
    dataDir,
    settings: {
      fsync: 'off',
      synchronous_commit: 'off',
      full_page_writes: 'off',
      autovacuum: 'off',
      max_connections: '300',
      shared_buffers: '64MB',
      log_min_messages: 'fatal',
      log_checkpoints: 'off',
    },
  });
  return {
    url: server.url,
    async remove() {
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** A cluster with every safety on, which may be killed and started again: for proofs about crashes. */
export interface DurableTestCluster extends TestCluster {
  /** SIGKILL to the server, as the kernel does when memory is short. Its connections break at once. */
  kill(): Promise<void>;
  /** Starts it again on the same port, so that `url` stays true; replays its log first if it was killed. */
  start(): Promise<void>;
  /** A clean, fast stop. */
  stop(): Promise<void>;
}

/** Starts a cluster of the caller's own with the settings of production and an empty database. */
export async function createDurableTestCluster(): Promise<DurableTestCluster> {
  const dataDir = await mkdtemp(join(tmpdir(), 'parley-durable-'));
  let server = await startEmbeddedPostgres({ dataDir });
  const port = Number(new URL(server.url).port);
  return {
    url: server.url,
    async kill() {
      process.kill(server.pid, 'SIGKILL');
      await server.stop();
    },
    async start() {
      server = await startEmbeddedPostgres({ dataDir, port });
    },
    stop: () => server.stop(),
    async remove() {
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
