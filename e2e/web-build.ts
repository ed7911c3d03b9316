import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Journeys go through the built app, which `npm test` and `npm start` make. */
export default function assertWebIsBuilt(): void {
  const dist = join(import.meta.dirname, '..', 'apps', 'web', 'dist');
  for (const file of ['index.html', 'service-worker.js']) {
    if (!existsSync(join(dist, file))) throw new Error(`apps/web/dist/${file} is missing: build the web app first.`);
  }
}
