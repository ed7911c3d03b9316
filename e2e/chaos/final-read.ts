/** Reads, past the API, what the database holds in the end. */
import pg from 'pg';
import type { FinalRead } from './history.ts';

export async function readFinally(databaseUrl: string): Promise<FinalRead> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const all = async <Row extends pg.QueryResultRow>(sql: string): Promise<Row[]> => (await client.query<Row>(sql)).rows;
  try {
    const versions = await all<{ id: string; version: number }>('select id, version::int from sync_scope');
    const results = await all<{ id: string; at: number }>(
      'select id, (extract(epoch from created_at) * 1000)::float8 as at from mutation_result',
    );
    return {
      messages: await all(
        `select id, thread_id as "threadId", author_id as "authorId", seq::int, text, reactions, version::int, notice
           from message where not deleted order by thread_id, seq`,
      ),
      revisions: await all(`select message_id as "messageId", text from revision where not deleted`),
      participants: await all(
        `select thread_id as "threadId", person_id as "personId", left_at is not null as left
           from participant where not deleted`,
      ),
      scheduled: await all(
        `select id as "messageId", person_id as "personId", failure is not null as refused
           from scheduled where not deleted`,
      ),
      readPositions: await all(
        `select thread_id as "threadId", person_id as "personId", seq::int from read_position where not deleted`,
      ),
      members: await all(
        `select org_id as "orgId", person_id as "personId"
           from membership where active and role <> 'guest' and not deleted`,
      ),
      versions: Object.fromEntries(versions.map(({ id, version }) => [id, version])),
      results: Object.fromEntries(results.map(({ id, at }) => [id, at])),
    };
  } finally {
    await client.end();
  }
}
