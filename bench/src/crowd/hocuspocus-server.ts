/** Hocuspocus as it comes. */
import { Server } from '@hocuspocus/server';
import { obey } from './launched.ts';
import { listenAnywhere, memory, type Serving } from './serving.ts';

obey({
  listen: () => listenAnywhere(new Server({ quiet: true, stopOnSignals: false }).httpServer),
  memory,
} satisfies Serving);
