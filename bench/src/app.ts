/** Parley as people meet it: the built web app in Chromium, and the API that serves it in a process of its own. */
import { hashPassword } from '@parley/api/accounts/password';
import { insertAccount, putMember } from '@parley/api/accounts/people';
import { orgPeopleScope, orgScope, userScope } from '@parley/core/scopes';
import type { Publish } from '@parley/sync/server';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { v7 as newId } from 'uuid';
import { openInstallation, type Installation } from './installation.ts';

const API = join(import.meta.dirname, '..', '..', 'apps', 'api', 'src', 'main.ts');
export const PASSWORD = 'correct horse battery';

export interface App extends Installation {
  /** Where people reach it, without a trailing slash. */
  origin: string;
}

export interface Account {
  personId: string;
  name: string;
  email: string;
}

export async function openApp(): Promise<App> {
  const listeners: Publish[] = [];
  const installation = await openInstallation((commit) => listeners.forEach((listen) => listen(commit)));
  const dataDir = await mkdtemp(join(tmpdir(), 'parley-bench-data-'));
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const api = fork(API, {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      ...process.env,
      NODE_ENV: 'production',
      PORT: String(port),
      PUBLIC_URL: origin,
      DATA_DIR: dataDir,
      DATABASE_URL: installation.url,
      AUTH_SECRET: 'a secret of the benches, long enough for all',
      LOG_LEVEL: 'error',
    },
  });
  const [said] = (await Promise.race([once(api, 'message'), once(api, 'exit')])) as unknown[];
  if (typeof said !== 'object') throw new Error('The API does not start.');
  // As the supervisor passes on what the worker has written.
  listeners.push((commit) => void api.send({ type: 'commit', commit }));
  return {
    ...installation,
    origin,
    async [Symbol.asyncDispose]() {
      const gone = once(api, 'exit');
      api.kill('SIGTERM');
      await gone;
      await installation[Symbol.asyncDispose]();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Members who can sign in. */
export async function addAccounts({ server, orgId }: Installation, names: readonly string[]): Promise<Account[]> {
  const passwordHash = await hashPassword(PASSWORD);
  const accounts = names.map((name) => ({ personId: newId(), name, email: `${name.toLowerCase()}@example.org` }));
  const scopes = {
    create: accounts.map(({ personId }) => userScope(personId)),
    write: [orgPeopleScope(orgId)],
    lock: [orgScope(orgId)],
  };
  await server.act(null, scopes, async (tx, trx) => {
    for (const account of accounts) {
      await insertAccount(trx, { ...account, passwordHash });
      await putMember(tx, { ...account, orgId, role: 'member' });
    }
  });
  return accounts;
}

/** Signs somebody in, and waits until everything that has to be there first is there. */
export async function signIn(page: Page, { origin }: App, { email }: Account): Promise<void> {
  await page.goto(`${origin}/sign-in`);
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('Everything is saved').first().waitFor();
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
