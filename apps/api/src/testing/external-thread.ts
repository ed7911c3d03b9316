/** A thread of Acme in which people of Globex take part. */
import { orgPeopleScope, scopesOfThread, threadScope, userScope } from '@parley/core/scopes';
import { join } from '@parley/core/threads';
import { v7 as uuidv7 } from 'uuid';
import type { Services } from '../services.ts';
import type { Cast } from './test-server.ts';

export interface Delivery extends Pick<Cast, 'acme' | 'globex'> {
  ofAcme: readonly { personId: string }[];
  ofGlobex: readonly { personId: string }[];
}

/** Answers the thread's id. */
export async function startDelivery(
  { acts }: Pick<Services, 'acts'>,
  { acme, globex, ofAcme, ofGlobex }: Delivery,
): Promise<string> {
  const threadId = uuidv7();
  const acting = [
    ...ofAcme.map(({ personId }) => [personId, acme] as const),
    ...ofGlobex.map(({ personId }) => [personId, globex] as const),
  ];
  const scopes = {
    create: scopesOfThread(threadId),
    write: acting.map(([personId]) => userScope(personId)),
    lock: [orgPeopleScope(acme), orgPeopleScope(globex)],
  };
  await acts.act(null, scopes, async (tx) => {
    tx.put('thread', threadScope(threadId), threadId, {
      ...{ homeOrg: acme, subject: 'Delivery', kind: 'external', createdAt: tx.now },
      ...{ createdBy: ofAcme[0]?.personId ?? '', lastSeq: 0, lastMessage: null, resolved: null },
    });
    for (const [personId, orgId] of acting) await join(tx, { threadId, orgId, personId });
  });
  return threadId;
}
