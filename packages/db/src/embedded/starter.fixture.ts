import { startEmbeddedPostgres } from './embedded-postgres.ts';

/** A process of its own that starts the server of the directory it is given, for tests that kill it. */
const [dataDir] = process.argv.slice(2);
if (!dataDir) throw new Error('Usage: starter.fixture.ts DATA_DIR');
const server = await startEmbeddedPostgres({ dataDir });
process.on('message', () => {
  void server.stop().then(() => process.disconnect());
});
process.send?.({ pid: server.pid, url: server.url });
