/** A process that takes a job, says so, and never finishes it. */
import { openJobQueues } from './job-queues.ts';

const [databaseUrl = '', redisUrl = '', prefix = ''] = process.argv.slice(2);
const queues = openJobQueues({
  databaseUrl,
  ...(redisUrl !== '' && { redisUrl }),
  prefix,
  onError: (error) => process.stderr.write(`${error.message}\n`),
});
queues.work('housekeeping', async (_payload, { id }) => {
  if (!id.startsWith('killed')) return;
  process.stdout.write('taken\n');
  await new Promise(() => undefined);
});
