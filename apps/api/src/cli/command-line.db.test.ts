import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { openDatabase } from '@parley/db';
import { createTestDatabase, type TestDatabase } from '@parley/db/testing';
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { acmeZip } from '../imports/slack/export.fixture.ts';
import { startTestServer } from '../testing/test-server.ts';
import { runCommandLine } from './command-line.ts';

let folder: string;
let database: TestDatabase;
let zip: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-cli-'));
  zip = join(folder, 'export.zip');
  await writeFile(zip, acmeZip());
  database = await createTestDatabase();
});
afterEach(async () => {
  await database.drop();
  await rm(folder, { recursive: true });
});

const environment = () => ({
  DATABASE_URL: database.url,
  DATA_DIR: join(folder, 'data'),
  PUBLIC_URL: 'https://chat.example.org',
});

async function parley(args: readonly string[], typed = '') {
  const said: string[] = [];
  const told: string[] = [];
  const code = await runCommandLine(args, {
    env: environment(),
    input: Readable.from([typed]),
    say: (line) => said.push(line),
    tell: (line) => told.push(line),
  });
  return { code, out: said.join('\n'), err: told.join('\n') };
}

const ALICE = ['--org', 'Acme', '--name', 'Alice', '--email', 'Alice@Acme.example'];
const foundAcme = () => parley(['create-admin', ...ALICE], 'correct horse battery\n');

describe('help', () => {
  test.each([[[]], [['help']], [['--help']]])('%j lists the commands', async (args) => {
    const { code, out } = await parley(args);
    expect(code).toBe(0);
    for (const name of [
      'connections',
      'create-admin',
      'export FOLDER',
      'import slack FILE.zip',
      'invite EMAIL',
      'migrate',
      'reset-password EMAIL',
      'seed',
    ])
      expect(out).toContain(name);
  });

  test.each([[['help', 'import', 'slack']], [['import', 'slack', '--help']]])('%j explains one', async (args) => {
    const { code, out } = await parley(args);
    expect(code).toBe(0);
    expect(out).toContain('--with-direct-messages');
  });

  test.each([
    [['dance'], 'There is no command dance.'],
    [['import'], 'There is no command import.'],
    [['import', 'slack'], 'FILE.zip is missing.'],
    [['import', 'slack', 'a.zip', 'b.zip'], 'b.zip is one argument too many.'],
    [['import', 'slack', 'a.zip', '--fast'], "Unknown option '--fast'."],
    [['import', 'slack', 'a.zip', '--max-size', 'big'], '--max-size must be a number of MiB, not big.'],
    [['invite', 'bob'], 'bob is not an e-mail address.'],
    [['invite', 'bob@acme.example', '--role', 'king'], 'There is no role king'],
    [['create-admin', '--org', 'Acme'], '--name is missing.'],
    [['reset-password', 'bob'], 'bob is not an e-mail address.'],
    [['migrate', 'now'], 'now is one argument too many.'],
  ])('%j is called wrongly: %s', async (args, words) => {
    const { code, out, err } = await parley(args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(words);
  });
});

describe('create-admin', () => {
  test('makes the first organisation and its owner, once', async () => {
    expect(await foundAcme()).toMatchObject({ code: 0, out: 'Alice owns Acme and signs in as alice@acme.example.' });
    expect(await foundAcme()).toMatchObject({ code: 1, out: '', err: expect.stringContaining('set up already') });
  });

  test.each(['', 'short\n'])('refuses the password %j', async (password) => {
    const { code, err } = await parley(['create-admin', ...ALICE], password);
    expect(code).toBe(2);
    expect(err).toContain('The password cannot be used: Use at least 10 characters.');
  });

  test('refuses a password that is the address', async () => {
    const { code, err } = await parley(['create-admin', ...ALICE], 'alice@acme.example\n');
    expect(code).toBe(1);
    expect(err).toContain('too easy to guess');
  });
});

describe('invite', () => {
  test('prints a link bound to the address', async () => {
    await foundAcme();
    const { code, out } = await parley(['invite', 'bob@acme.example', '--role', 'admin']);
    expect(code).toBe(0);
    expect(out).toMatch(/^bob@acme\.example joins Acme .*\nhttps:\/\/chat\.example\.org\/invitation\/[\w-]{43}$/);
  });

  test('says who is a member already', async () => {
    await foundAcme();
    const { code, out } = await parley(['invite', 'alice@acme.example', '--json']);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ ok: false, error: { code: 'ALREADY_MEMBER' } });
  });
});

describe('import slack', () => {
  test('prints a table of what was read, created, already there and left out, with reasons', async () => {
    await foundAcme();
    const { code, out } = await parley(['import', 'slack', zip]);
    expect(code).toBe(0);
    expect(out).toMatch(/^Imported \d+ files into Acme in [\d.]+ s\.$/m);
    expect(out).toMatch(/^Messages +12 +7 +0 +5$/m);
    expect(out).toMatch(/^ +1 attached files: an export has only their names, which stand in the text$/m);
    expect((await parley(['import', 'slack', zip])).out).toMatch(/^Messages +12 +0 +7 +5$/m);
  });

  test('prints one JSON object and nothing else, when it works and when it does not', async () => {
    expect(JSON.parse((await parley(['import', 'slack', zip, '--json'])).out)).toMatchObject({
      ok: false,
      error: { code: 'ORGANISATION_MISSING', message: expect.stringContaining('create-admin') },
    });
    await foundAcme();
    const imported = await parley(['import', 'slack', zip, '--json', '--org', 'acme']);
    expect(JSON.parse(imported.out)).toMatchObject({ ok: true, messages: { read: 12, created: 7 } });
    const unknown = await parley(['import', 'slack', zip, '--json', '--org', 'Globex']);
    expect(JSON.parse(unknown.out)).toMatchObject({ ok: false, error: { code: 'ORGANISATION_UNKNOWN' } });
  });

  test('an archive beyond the size that was allowed is refused', async () => {
    await foundAcme();
    const { code, out } = await parley(['import', 'slack', zip, '--json', '--max-size', '0.0005']);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ error: { code: 'ARCHIVE_TOO_LARGE' } });
  });
});

test('as a process: the exit code tells, and standard output is the result alone', async () => {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), 'import', 'slack', zip, '--json'], {
    env: { ...process.env, ...environment() },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = new Promise<number | null>((resolve) => void child.once('exit', resolve));
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), exited]);
  expect(code).toBe(1);
  expect(JSON.parse(out)).toMatchObject({ ok: false, error: { code: 'ORGANISATION_MISSING' } });
  expect(err).toContain('There is no organisation yet.');
});

describe('seed', () => {
  test('makes a demo for the only account, and takes it away', async () => {
    await foundAcme();
    const made = await parley(['seed', '--json']);
    expect(JSON.parse(made.out)).toMatchObject({ ok: true });
    expect((await parley(['invite', 'bob@acme.example'])).err).toContain('Brightwater Ferries');
    expect((await parley(['seed', '--remove'])).out).toContain('alice@acme.example no longer has a demo workspace.');
    expect((await parley(['invite', 'bob@acme.example'])).code).toBe(0);
  });

  test.each([
    [[], 'ACCOUNT_MISSING'],
    [['--for', 'nobody@acme.example'], 'ACCOUNT_UNKNOWN'],
  ])('%j is refused while nobody has an account', async (args, code) => {
    const { out } = await parley(['seed', ...args, '--json']);
    expect(JSON.parse(out)).toMatchObject({ ok: false, error: { code } });
  });
});

describe('export', () => {
  test('writes what the organisation owns into a new folder', async () => {
    await foundAcme();
    await parley(['import', 'slack', zip]);
    const target = join(folder, 'exported');
    expect(await parley(['export', target])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^Acme: \d+ people, \d+ threads, \d+ messages and 0 notes in .*exported\.$/),
    });
    const lines = (await readFile(join(target, 'everything.jsonl'), 'utf8')).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as object)).toContainEqual(
      expect.objectContaining({ type: 'message', text: 'Yes' }),
    );
    expect(await readFile(join(target, 'index.html'), 'utf8')).toContain('threads/000001.html');
    expect((await stat(target)).mode & 0o777).toBe(0o700);
    expect(JSON.parse((await parley(['export', target, '--json'])).out)).toMatchObject({
      error: { code: 'FOLDER_EXISTS' },
    });
    const { kysely: db, close } = openDatabase(database.url, { sees: 'everything' });
    onTestFinished(close);
    const told = await db.selectFrom('audit_event').select('actor_id').where('kind', '=', 'exported').execute();
    expect(told).toEqual([{ actor_id: null }]);
  });
});

describe('reset-password', () => {
  test('prints a link that opens at the right place, for somebody who signs in here', async () => {
    await foundAcme();
    const { code, out } = await parley(['reset-password', 'Alice@Acme.example', '--json']);
    expect(code).toBe(0);
    const { url, expiresAt } = JSON.parse(out) as { url: string; expiresAt: number };
    expect(url).toMatch(/^https:\/\/chat\.example\.org\/reset-password#token=[\w-]{43}$/);
    expect(expiresAt).toBeGreaterThan(Date.now());
    const words = await parley(['reset-password', 'alice@acme.example']);
    expect(words.out).toContain('Alice sets a new password with this link, once, within an hour:');
  });

  test('refuses an address that nobody signs in with', async () => {
    await foundAcme();
    const { code, err } = await parley(['reset-password', 'bob@acme.example']);
    expect(code).toBe(1);
    expect(err).toBe('Nobody signs in as bob@acme.example.');
  });
});

describe('sign-out', () => {
  /** Alice and Bob, with two sessions each. */
  async function twoPeople() {
    await foundAcme();
    const { kysely: db, close } = openDatabase(database.url, { sees: 'everything' });
    onTestFinished(close);
    const bob = uuidv7();
    await db.insertInto('person').values({ id: bob, name: 'Bob' }).execute();
    await db.insertInto('auth_user').values({ id: bob, name: 'Bob', email: 'bob@acme.example' }).execute();
    const people = await db.selectFrom('auth_user').select('id').execute();
    const sessions = [...people, ...people].map(({ id }) => ({ id: uuidv7(), token: uuidv7(), user_id: id }));
    const expires_at = new Date(Date.now() + 60_000);
    await db
      .insertInto('auth_session')
      .values(sessions.map((session) => ({ ...session, expires_at })))
      .execute();
    return {
      bob,
      owners: async () =>
        (await db.selectFrom('auth_session').select('user_id').execute()).map(({ user_id }) => user_id),
    };
  }

  test('ends the sessions of one person, and of nobody else', async () => {
    const { bob, owners } = await twoPeople();
    expect(await parley(['sign-out', 'Alice@Acme.example'])).toMatchObject({ code: 0, out: 'Ended 2 sessions.' });
    expect(await owners()).toEqual([bob, bob]);
    expect((await parley(['sign-out', 'nobody@acme.example', '--json'])).out).toContain('ACCOUNT_UNKNOWN');
    expect((await parley(['sign-out'])).code).toBe(2);
    expect(await owners()).toHaveLength(2);
  });

  test('ends those of everybody', async () => {
    const { owners } = await twoPeople();
    expect((await parley(['sign-out', '--everyone', '--json'])).out).toBe('{"ok":true,"ended":4}');
    expect(await owners()).toEqual([]);
  });
});

test('whatever was done from the command line stands in the log of the organisation', async () => {
  await foundAcme();
  await parley(['import', 'slack', zip]);
  await parley(['reset-password', 'alice@acme.example']);
  await parley(['seed']);
  await parley(['seed', '--remove']);
  const { kysely: db, close } = openDatabase(database.url, { sees: 'everything' });
  onTestFinished(close);
  const { id: personId } = await db.selectFrom('auth_user').select('id').executeTakeFirstOrThrow();
  const { id: orgId } = await db.selectFrom('org').select('id').where('name', '=', 'Acme').executeTakeFirstOrThrow();
  const session = { id: uuidv7(), token: uuidv7(), user_id: personId, expires_at: new Date(Date.now() + 60_000) };
  await db.insertInto('auth_session').values(session).execute();
  // The second time there is nobody to sign out.
  for (const _ of ['once', 'again']) await parley(['sign-out', 'alice@acme.example']);
  await parley(['sign-out', '--everyone']);
  const told = await db
    .selectFrom('audit_event')
    .select(['kind', 'actor_id', 'subject_id', 'details'])
    .where('org_id', '=', orgId)
    .orderBy('id')
    .execute();
  const line = (kind: string, details = {}, subject_id: string | null = personId) => ({
    kind,
    actor_id: null,
    subject_id,
    details,
  });
  expect(told).toEqual([
    line('organisation_made', { name: 'Acme' }),
    line('import_started', { fileName: 'export.zip' }, null),
    line('reset_link_made'),
    line('demo_made'),
    line('demo_removed'),
    line('signed_out', { devices: 1 }),
    line('signed_out', { everybody: true }, null),
  ]);
});

test('doctor says what is wrong, how it is mended, and ends with 1', async () => {
  const { code, out } = await parley(['doctor', '--json']);
  expect(code).toBe(1);
  const { ok, findings } = JSON.parse(out) as { ok: boolean; findings: { code: string; mend: string }[] };
  expect(ok).toBe(false);
  expect(findings.map((finding) => finding.code)).toContain('NOBODY_YET');
  expect((await parley(['doctor'])).out).toContain('create-admin');
});

describe('connections', () => {
  const AUTH_SECRET = 'a secret of the tests, long enough for all';
  const ask = async (env: Record<string, string>, args: readonly string[] = []) => {
    const [said, told]: [string[], string[]] = [[], []];
    const terminal = {
      input: Readable.from(['']),
      say: (line: string) => said.push(line),
      tell: (line: string) => told.push(line),
    };
    const code = await runCommandLine(['connections', ...args], {
      ...terminal,
      env: { ...environment(), HOST: '127.0.0.1', ...env },
    });
    return { code, out: said.join('\n'), err: told.join('\n') };
  };

  test('prints the figures of the running server, with its own token or the one that was set', async () => {
    const METRICS_TOKEN = 'of-the-operator'.padEnd(32, '.');
    const own = await startTestServer({ databaseUrl: database.url, authSecret: AUTH_SECRET });
    const set = await startTestServer({
      databaseUrl: database.url,
      authSecret: AUTH_SECRET,
      metricsToken: METRICS_TOKEN,
    });
    onTestFinished(() => Promise.all([own.stop(), set.stop()]).then(() => undefined));
    await mkdir(join(folder, 'data'));
    await writeFile(join(folder, 'data', 'secrets.json'), JSON.stringify({ authSecret: AUTH_SECRET }));
    const { code, out } = await ask({ PORT: `${own.port}` });
    expect(code).toBe(0);
    expect(out).toMatch(/^Sockets +0 for calls, 0 in 0 rooms$/m);
    expect(out).toMatch(/^Database +\d+ of \d+ connections in use, 0 wait for one$/m);
    const { out: json } = await ask({ PORT: `${set.port}`, METRICS_TOKEN }, ['--json']);
    expect(JSON.parse(json)).toMatchObject({ ok: true, figures: { parley_reconnects_total: 0 } });
    expect((await ask({ PORT: `${set.port}` })).err).toContain('another METRICS_TOKEN');
  });

  test('says where no server answers', async () => {
    const { code, err } = await ask({ PORT: '1' });
    expect([code, err]).toEqual([1, expect.stringContaining('Is it running?')]);
  });
});
