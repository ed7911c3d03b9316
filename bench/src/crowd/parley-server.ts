/** The API server as it ships. */
import { setLogLevel } from '@parley/api/logger';
import { startServer } from '@parley/api/server';
import { tmpdir } from 'node:os';
import { SETTINGS } from './people.ts';
import { obey } from './launched.ts';
import { memory, startProfile, stopProfile, type Profiled } from './serving.ts';

setLogLevel('error');
obey({
  async listen(databaseUrl, asked = 0) {
    const address = { port: asked, host: '127.0.0.1' };
    const { port } = await startServer({
      ...SETTINGS,
      ...address,
      databaseUrl,
      webFolder: '/nowhere',
      dataDir: tmpdir(),
    });
    return port;
  },
  memory,
  startProfile,
  stopProfile,
} satisfies Profiled);
