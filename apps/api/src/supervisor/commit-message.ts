/** How the worker tells the API what it wrote: by way of the supervisor, which has started both. */
import type { Commit } from '@parley/sync/server';

interface CommitMessage {
  type: 'commit';
  commit: Commit;
}

/** Whether a process said this. Both ends are ours and of one release. */
export const isCommit = (message: unknown): message is CommitMessage =>
  typeof message === 'object' && message !== null && 'type' in message && message.type === 'commit';
