import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createCaughtMailer } from './caught.ts';
import { describeMailer, failure, FROM, sampleMail, type Received } from './mailer.fixture.ts';
import type { Mail } from './mailer.ts';
import { createResendMailer } from './resend.ts';
import { API_KEY, openResendService } from './resend.fixture.ts';
import { createSmtpMailer } from './smtp.ts';
import { openSmtpService } from './smtp.fixture.ts';

describe('SMTP', () => {
  async function open() {
    const service = await openSmtpService();
    onTestFinished(() => service.stop());
    return { service, mailer: createSmtpMailer({ url: service.url, from: FROM }) };
  }

  describeMailer(async () => {
    const { service, mailer } = await open();
    return {
      mailer,
      received: service.received,
      async refuse() {
        service.answer = 'busy';
        return async () => void (service.answer = 'taken');
      },
      stop: async () => undefined,
    };
  });

  test.each(['unknown recipient', 'refused'] as const)('%s is for good', async (answer) => {
    const { service, mailer } = await open();
    service.answer = answer;
    expect(await failure(mailer.send(sampleMail))).toMatchObject({ permanent: true });
  });

  test('a server that goes away after the mail may have it or not: the next attempt has the same name', async () => {
    const { service, mailer } = await open();
    service.answer = 'dropped';
    expect(await failure(mailer.send(sampleMail))).toMatchObject({ permanent: false });
    service.answer = 'taken';
    await mailer.send(sampleMail);
    const identities = (await service.received()).map(({ identity }) => identity);
    expect(identities).toEqual(['<invitation-1@chat.example.org>', '<invitation-1@chat.example.org>']);
  });

  test('a server that is not there is worth another attempt', async () => {
    const { service, mailer } = await open();
    await service.stop();
    expect(await failure(mailer.send(sampleMail))).toMatchObject({ permanent: false });
  });

  test('a wrong password is the operator’s to put right, not the end of the mail', async () => {
    const service = await openSmtpService({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: (_auth, _session, callback) => callback(new Error('Wrong')),
    });
    onTestFinished(() => service.stop());
    const mailer = createSmtpMailer({ url: `smtp://parley:wrong@127.0.0.1:${service.port}`, from: FROM });
    expect(await failure(mailer.send(sampleMail))).toMatchObject({ permanent: false });
  });

  test('a password does not cross the network in the clear, unless the operator says so', async () => {
    const passwords: unknown[] = [];
    const service = await openSmtpService({
      allowInsecureAuth: true,
      onAuth({ password }, _session, callback) {
        passwords.push(password);
        callback(null, { user: 'parley' });
      },
    });
    onTestFinished(() => service.stop());
    // This machine under an address that is not known to be its own.
    const url = `smtp://parley:secret@[::ffff:127.0.0.1]:${service.port}`;
    await failure(createSmtpMailer({ url, from: FROM }).send(sampleMail));
    expect(passwords).toEqual([]);
    await createSmtpMailer({ url: `${url}?requireTLS=false`, from: FROM }).send(sampleMail);
    expect(passwords).toEqual(['secret']);
  });
});

describe('Resend', () => {
  async function open() {
    const service = await openResendService();
    onTestFinished(() => service.stop());
    return { service, mailer: createResendMailer({ apiKey: API_KEY, from: FROM, baseUrl: service.baseUrl }) };
  }

  describeMailer(async () => {
    const { service, mailer } = await open();
    return {
      mailer,
      received: async () => service.received(),
      async refuse() {
        service.error = { statusCode: 429, name: 'rate_limit_exceeded' };
        return async () => void (service.error = null);
      },
      stop: async () => undefined,
    };
  });

  test.each([
    [422, 'validation_error', true],
    [400, 'invalid_parameter', true],
    [401, 'invalid_api_key', false],
    [403, 'invalid_from_address', false],
    [409, 'concurrent_idempotent_requests', false],
    [500, 'internal_server_error', false],
  ])('%i %s: for good is %s', async (statusCode, name, permanent) => {
    const { service, mailer } = await open();
    service.error = { statusCode, name };
    expect(await failure(mailer.send(sampleMail))).toMatchObject({ permanent });
  });

  test('a second attempt in other words, after a name has changed, is done already', async () => {
    const { service, mailer } = await open();
    await mailer.send(sampleMail);
    await mailer.send({ ...sampleMail, subject: 'Zoe invites you to Acme' });
    expect(service.received()).toMatchObject([{ subject: sampleMail.subject }]);
  });
});

describe('caught', () => {
  async function open() {
    const parent = await mkdtemp(join(tmpdir(), 'parley-mail-'));
    onTestFinished(() => rm(parent, { recursive: true }));
    const folder = join(parent, 'mail');
    return { parent, folder, mailer: createCaughtMailer({ folder, from: FROM }) };
  }

  describeMailer(async () => {
    const { folder, mailer } = await open();
    return {
      mailer,
      async received() {
        const files = await readdir(folder).catch(() => []);
        return Promise.all(files.map((file) => readCaught(join(folder, file))));
      },
      async refuse() {
        await writeFile(folder, 'in the way');
        return () => rm(folder);
      },
      stop: async () => undefined,
    };
  });

  test('is for its owner alone', async () => {
    const { parent, folder, mailer } = await open();
    await chmod(parent, 0o755);
    await mailer.send(sampleMail);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    expect((await stat(join(folder, 'invitation-1.json'))).mode & 0o777).toBe(0o600);
  });
});

async function readCaught(path: string): Promise<Received> {
  const {
    to,
    idempotencyKey,
    headers = {},
    ...mail
  } = JSON.parse(await readFile(path, 'utf8')) as Mail & { from: string };
  return {
    ...mail,
    to: [to],
    identity: idempotencyKey,
    headers: new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
  };
}
