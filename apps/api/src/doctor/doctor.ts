/** Looks an installation over for the mistakes that operators make, and says how each is mended. It changes nothing. */
import { join } from 'node:path';
import { startEmbeddedPostgres } from '@parley/db/embedded';
import { PROJECT_ROOT, readEnvironment, type Environment } from '../env.ts';
import { examineDatabase } from './database.ts';
import { reason, type Finding } from './finding.ts';
import { examineDirectory, examinePort, examineWeb } from './machine.ts';
import { examineAddress, examineMail, examineRedis } from './surroundings.ts';

/** @param env the environment that `npm start` would be given */
export async function examine(env: Environment): Promise<Finding[]> {
  const read = readEnvironment(env);
  if (!read.ok) {
    return read.mistakes.map((what) => ({ code: 'CONFIGURATION', what, mend: 'Change it, and ask again.' }));
  }
  const { config } = read;
  const directory = await examineDirectory(config);
  const closed = directory.some(({ code }) => code === 'DIRECTORY_CLOSED');
  const all = await Promise.all([
    examineWeb(join(PROJECT_ROOT, 'apps', 'web', 'dist')),
    examinePort(config),
    config.databaseUrl ? examineDatabase(config.databaseUrl) : closed ? [] : examineEmbedded(config.dataDir),
    config.redisUrl ? examineRedis(config.redisUrl) : [],
    examineMail(config),
    examineAddress(config),
  ]);
  return [...directory, ...all.flat()];
}

async function examineEmbedded(dataDir: string): Promise<Finding[]> {
  try {
    const embedded = await startEmbeddedPostgres({ dataDir });
    try {
      return await examineDatabase(embedded.url);
    } finally {
      await embedded.stop();
    }
  } catch (error) {
    return [
      {
        code: 'DATABASE_BROKEN',
        what: `The database below ${dataDir} does not start: ${reason(error)}`,
        mend: 'parley.log and the log of the database in DATA_DIR say more. A damaged one is brought back from a backup.',
      },
    ];
  }
}
