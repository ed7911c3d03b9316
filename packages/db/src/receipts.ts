/** Which receipts of a thread are behind its read positions; to be read under the locks of `receiptScopes`. */
import { RECEIPTS_PEOPLE, type OverdueReceipt } from '@parley/core/receipts';
import { receiptsScope } from '@parley/core/scopes';
import { sql, type Kysely } from 'kysely';
import type { Database } from './tables.ts';

/**
 * What the receipts of a thread have to be follows from its people, how far each has read, and the switches; the answer
 * is where they are not. A place that was marked unread does not take a receipt back.
 */
export async function overdueReceipts(db: Kysely<Database>, threadId: string): Promise<OverdueReceipt[]> {
  const { rows } = await sql<OverdueReceipt>`
    with home as (
      select home_org from sync_scope where id = ${receiptsScope(threadId)}
    ), people as (
      select p.person_id, p.acting_org from home
      join participant p on p.home_org = home.home_org and p.thread_id = ${threadId}
      where p.left_at is null and not p.deleted
    ), due as (
      select people.person_id, r.seq from people
      join read_position r on r.person_id = people.person_id and r.thread_id = ${threadId}
      where not r.deleted
        and (select count(*) from people) <= ${RECEIPTS_PEOPLE}
        and not exists (select from person_settings s where s.person_id = people.person_id and not s.receipts)
        and not exists (select from org o where o.id = people.acting_org and not o.receipts)
    ), held as (
      select r.person_id, r.up_to from home
      join receipt r on r.home_org = home.home_org and r.thread_id = ${threadId}
      where not r.deleted
    )
    select person_id as "personId", due.seq as "upTo" from due full join held using (person_id)
    where due.seq is null or due.seq > coalesce(held.up_to, 0)
  `.execute(db);
  return rows;
}
