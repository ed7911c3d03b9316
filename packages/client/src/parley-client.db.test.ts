/** Against a real server process, as another service would use it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { createServer as createHttpServer } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createParleyClient, ParleyError } from './index.ts';
import { ALICE, freePort, startParley, type ParleyServer } from './parley-server.fixture.ts';

let server: ParleyServer;
let url: string;
beforeAll(async () => {
  server = await startParley();
  ({ url } = server);
});
afterAll(() => server.stop());

describe('a client', () => {
  test('is somebody from signing in until signing out', async () => {
    const parley = createParleyClient({ url });
    const who = async () => (await parley.calls.accounts.session.query()).person?.name;
    expect(await who()).toBeUndefined();
    expect(await parley.signIn(ALICE)).toMatchObject({ name: 'Alice', email: 'alice@example.org' });
    expect(await who()).toBe('Alice');
    expect((await createParleyClient({ url }).calls.accounts.session.query()).person).toBeNull();
    await parley.signOut();
    expect(await who()).toBeUndefined();
  });

  test('says what was refused, with the number under which the server knows it', async () => {
    const parley = createParleyClient({ url });
    const refused = await failure(parley.signIn({ email: ALICE.email, password: 'not this one' }));
    expect(refused).toMatchObject({ name: 'ParleyError', code: 'INVALID_CREDENTIALS', retryAfterSeconds: undefined });
    expect(refused.message).not.toBe('');
    expect(refused.requestId).toMatch(/^[\da-f-]{36}$/);
    const invalid = await failure(parley.signIn({ email: 'alice', password: 'x' }));
    expect(invalid.code).toBe('INVALID');
    expect(invalid.data?.issues).toMatchObject([{ path: 'email' }]);
    const stranger = parley.calls.organisations.invitations.query({ orgId: uuidv7() });
    expect((await failure(stranger)).code).toBe('UNAUTHORISED');
  });

  test('says when to come back', async () => {
    const parley = createParleyClient({ url });
    const email = 'nobody@example.org';
    let last: ParleyError;
    do last = await failure(parley.signIn({ email, password: 'guess' }));
    while (last.code === 'INVALID_CREDENTIALS');
    expect(last.code).toBe('RATE_LIMITED');
    expect(last.retryAfterSeconds).toBeGreaterThan(0);
  });
});

describe('without a Parley at the other end', () => {
  test('nobody answers', async () => {
    const parley = createParleyClient({ url: `http://127.0.0.1:${await freePort()}` });
    expect(await failure(parley.signIn(ALICE))).toMatchObject({ code: 'UNREACHABLE', requestId: undefined });
  });

  test('somebody accepts and says nothing', async () => {
    const silent = await listening(createServer());
    expect(await failure(createParleyClient({ url: silent, timeoutMs: 50 }).signIn(ALICE))).toMatchObject({
      code: 'UNREACHABLE',
    });
  });

  test('a page answers', async () => {
    const portal = await listening(
      createHttpServer((_request, response) => response.end('<p>Welcome to our network</p>')),
    );
    expect((await failure(createParleyClient({ url: portal }).signIn(ALICE))).code).toBe('NOT_PARLEY');
  });

  test('a redirect takes neither password nor session elsewhere', async () => {
    const received: unknown[] = [];
    const elsewhere = await listening(
      createHttpServer((request, response) => {
        received.push(request.url);
        response.end('{}');
      }),
    );
    const moved = await listening(
      createHttpServer((_request, response) => response.writeHead(307, { location: elsewhere }).end()),
    );
    expect((await failure(createParleyClient({ url: moved }).signIn(ALICE))).code).toBe('UNREACHABLE');
    expect(received).toEqual([]);
  });
});

describe('docs/api.md', () => {
  test('the examples work as they stand', async () => {
    const outputs = await Promise.all((await examples()).map(runExample));
    expect(outputs).toEqual([
      expect.stringMatching(/^signed in as Alice\nBob joins with http:\/\/127\.0\.0\.1:\d+\/invitation\/[\w-]{43}\n$/),
      'not_found: This is not there.\n',
      'live, 0 others online\nDeployment: Begun\nchanged: Deployment 7\nDeployment 7: Done\n',
    ]);
  });
});

async function examples(): Promise<string[]> {
  const markdown = await readFile(new URL('../../../docs/api.md', import.meta.url), 'utf8');
  return [...markdown.matchAll(/^```ts client\n([\s\S]*?)^```$/gm)].map(([, code = '']) => code);
}

/** Runs an example in a process of its own; what it wrote. Only the installation is put in. */
async function runExample(code: string): Promise<string> {
  // Below the package, so that its libraries are found.
  const folder = await mkdtemp(join(import.meta.dirname, '..', 'example-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'example.ts');
  await writeFile(file, code.replaceAll('https://chat.example.org', url));
  const child = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, err, [exitCode]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
  return out;
}

async function failure(call: Promise<unknown>): Promise<ParleyError> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ParleyError);
  return error as ParleyError;
}

/** Its origin. */
async function listening(some: Server): Promise<string> {
  some.listen(0, '127.0.0.1');
  await once(some, 'listening');
  const sockets = new Set<{ destroy(): void }>();
  some.on('connection', (socket) => sockets.add(socket));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    some.close();
  });
  return `http://127.0.0.1:${(some.address() as AddressInfo).port}`;
}
