/** What people of a partner may do in a thread, as its home organisation changes its mind. */
import { Refusal, type Mutator } from '@parley/sync/mutator';
import * as z from 'zod/mini';
import { threadPeopleScope, threadScope } from './scopes.ts';
import type { Tables } from './tables.ts';
import { mayAddPartners, mustWriteIn, THREAD_PERMISSIONS } from './thread-orgs.ts';
import { accessStanding } from './threads.ts';

const changePartnerPermissionArgs = z.object({
  threadId: z.uuid(),
  /** The partner. */
  orgId: z.uuid(),
  permission: z.enum(THREAD_PERMISSIONS),
});

/**
 * Lets people of a partner add others of theirs, or only write, from now on; whoever is there stays. Refused:
 * `not_found`, `forbidden`, `read_only`.
 */
export const changePartnerPermission: Mutator<Tables, z.infer<typeof changePartnerPermissionArgs>> = {
  name: 'changePartnerPermission',
  version: 1,
  args: changePartnerPermissionArgs,
  lane: ({ threadId }) => threadScope(threadId),
  scopes: ({ threadId }) => ({ write: [threadPeopleScope(threadId)] }),
  async run(tx, { threadId, orgId, permission }) {
    const scope = threadPeopleScope(threadId);
    const standing = await accessStanding(tx, threadId);
    mustWriteIn(standing);
    if (!mayAddPartners(standing))
      throw new Refusal('forbidden', 'What partners may do here is decided by the organisation that started it.');
    const row = await tx.get('threadOrg', scope, orgId);
    if (!row || orgId === standing.thread.homeOrg)
      throw new Refusal('not_found', 'This partner does not take part in the thread.');
    if (row.permission !== permission) tx.put('threadOrg', scope, orgId, { ...row, permission });
  },
};
