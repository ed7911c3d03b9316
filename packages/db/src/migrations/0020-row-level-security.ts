import { sql, type Kysely } from 'kysely';

/**
 * The database itself judges each row of the tenants, for whoever asks, its owner too. What a transaction sees hangs on
 * settings that it makes (`row-level-security.ts`); without any it sees nothing. What each policy guards against, and what
 * not: docs/decisions/0021-row-level-security.md.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [...functions, ...tables.flatMap(wall)]) await sql.raw(statement).execute(db);
}

interface Walled {
  table: string;
  /** The scope of a row, where it has one: an act of the engine reaches the scopes that it has locked. */
  scope?: string;
  /** What more such an act must be allowed. */
  act?: string;
  /** Who may read it, by what other rows say. */
  read: string;
}

// Each in a select of its own, so that it is looked up once a statement and not once a row. A setting that was made in a
// transaction is left behind as an empty one. The cast around it changes nothing: without, `any` takes it for a set of rows.
const setting = (name: string, type: string) =>
  `(select nullif(current_setting('parley.${name}', true), '')::${type})::${type}`;
const isServer = `${setting('server', 'text')} = 'on'`;
// As a set, which is hashed: a transaction of many people locks hundreds of scopes, and writes as many rows.
const isLocked = (scope: string) => `${scope} in (select unnest(${setting('scopes', 'text[]')}))`;
const isOneOf = (column: string) => `${column} = any (${setting('people', 'uuid[]')})`;
const isActing = `${setting('scopes', 'text[]')} is not null`;

/**
 * What the people who act may read, as sets that a statement looks up once, and only where it asks. In functions: what they
 * look up is in each policy else, and has to be made ready for every statement that writes, though it is never asked there.
 */
const sets = {
  threads: {
    of: 'thread_id uuid',
    select: 'p.thread_id from participation p',
    where: `${isOneOf('p.person_id')} and p.left_at is null and not p.deleted`,
  },
  notes: {
    of: 'thread_id uuid, org_id uuid',
    select: `p.thread_id, p.acting_org from participation p
      join membership m on m.person_id = p.person_id and m.org_id = p.acting_org`,
    where: `${isOneOf('p.person_id')} and p.left_at is null and not p.deleted
      and m.active and m.role <> 'guest' and not m.deleted`,
  },
  colleagues: {
    of: 'org_id uuid',
    select: 'm.org_id from membership m',
    where: `${isOneOf('m.person_id')} and m.active and m.role <> 'guest' and not m.deleted`,
  },
  administered: {
    of: 'org_id uuid',
    select: 'm.org_id from membership m',
    where: `${isOneOf('m.person_id')} and m.active and m.role in ('owner', 'admin') and not m.deleted`,
  },
};
const functions = Object.entries(sets).map(
  ([name, { of, select, where }]) => `create function parley_${name}() returns table (${of}) stable language plpgsql
    as $$ #variable_conflict use_column
    begin return query select ${select} where ${where}; end $$`,
);
const isIn = (set: keyof typeof sets, value: string): string => `${value} in (select * from parley_${set}())`;

const ofPerson = (table: string): Walled => ({
  table,
  scope: `'user:' || ${table}.person_id`,
  read: isOneOf(`${table}.person_id`),
});
const ofOrg = (table: string, { id = 'org_id', kind = 'org' } = {}): Walled => ({
  table,
  scope: `'${kind}:' || ${table}.${id}`,
  read: isIn('colleagues', `${table}.${id}`),
});
const ofThread = (table: string, { id = 'thread_id', kind = 'thread' } = {}): Walled => ({
  table,
  scope: `'${kind}:' || ${table}.${id}`,
  read: isIn('threads', `${table}.${id}`),
});
const ofNotes = (table: string): Walled => {
  const read = isIn('notes', `(${table}.thread_id, ${table}.org_id)`);
  // A thread of which nothing is there yet is made by the statement that writes the note, too.
  const act = `(${read} or not exists (select from sync_scope s where s.id = 'thread:' || ${table}.thread_id))`;
  return { table, scope: `'notes:' || ${table}.thread_id || ':' || ${table}.org_id`, act, read };
};
const ofAdmins = (table: string, ...orgIds: string[]): Walled => ({
  table,
  read: orgIds.map((orgId) => isIn('administered', `${table}.${orgId}`)).join(' or '),
});

const tables: readonly Walled[] = [
  ...['participation', 'read_position', 'thread_setting', 'draft', 'person_settings', 'scheduled', 'saved_message'].map(
    ofPerson,
  ),
  // An act names the readers of what it changes, and they are those whose membership says so.
  { ...ofPerson('membership'), read: `${isOneOf('membership.person_id')} or ${isActing}` },
  ofOrg('org', { id: 'id' }),
  ofOrg('team'),
  ofOrg('partner'),
  // A contact of a partner is looked up by whoever lets them take part, under the lock of the contact's own scope.
  {
    ...ofOrg('org_person', { kind: 'people.org' }),
    read: `${isIn('colleagues', 'org_person.org_id')} or ${isLocked(`'user:' || org_person.person_id`)}`,
  },
  ofThread('thread', { id: 'id' }),
  ...['thread_pins', 'message', 'revision'].map((table) => ofThread(table)),
  ...['thread_group', 'thread_org'].map((table) => ofThread(table, { kind: 'people.thread' })),
  // Whoever acts in a thread names its readers; asked first, as looking for many people's participations takes time.
  {
    ...ofThread('participant', { kind: 'people.thread' }),
    read: `${isLocked(`'thread:' || participant.thread_id`)} or ${isIn('threads', 'participant.thread_id')}`,
  },
  ofThread('receipt', { kind: 'receipts.thread' }),
  ...['note_head', 'note', 'note_revision'].map(ofNotes),
  ofAdmins('audit_event', 'org_id'),
  ofAdmins('invitation', 'org_id'),
  ofAdmins('partnership_invitation', 'org_id', 'accepted_org'),
  ofAdmins('slack_import', 'org_id'),
];

function wall({ table, scope, act, read }: Walled): string[] {
  const acts = scope === undefined ? [] : [`${isLocked(scope)}${act === undefined ? '' : ` and ${act}`}`];
  return [
    `alter table ${table} enable row level security`,
    `alter table ${table} force row level security`,
    // PostgreSQL asks them in the order of their names, from the last one: the cheap one is to be that.
    `create policy whoever_acts on ${table} using (${[isServer, ...acts].join(' or ')})`,
    `create policy readers on ${table} for select using (${read})`,
  ];
}
