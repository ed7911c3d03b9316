import { expect, test } from 'vitest';
import { PROJECT_ROOT, childEnvironment, readEnvironment, readServerEnvironment } from './env.ts';

test('an empty environment is a whole configuration', () => {
  expect(readEnvironment({})).toEqual({
    ok: true,
    config: {
      port: 3000,
      host: '127.0.0.1',
      publicUrl: 'http://localhost:3000',
      dataDir: `${PROJECT_ROOT}/data`,
      logLevel: 'info',
      logTo: 'file',
    },
  });
});

test('empty variables count as absent', () => {
  expect(readEnvironment({ PORT: '', PUBLIC_URL: '', DATABASE_URL: '' })).toEqual(readEnvironment({}));
});

test('everything can be changed; the public URL loses its trailing slash', () => {
  const env = {
    PORT: '8080',
    PUBLIC_URL: 'https://chat.acme.example/',
    DATA_DIR: '/srv/parley',
    DATABASE_URL: 'postgres://parley@db/parley',
    REDIS_URL: 'rediss://cache:6380',
    MAIL_FROM: 'Parley <parley@acme.example>',
    SMTP_URL: 'smtps://parley:secret@mail.acme.example',
    LOG_LEVEL: 'debug',
    LOG_TO: 'stdout',
  };
  expect(readEnvironment(env)).toEqual({
    ok: true,
    config: {
      port: 8080,
      host: '0.0.0.0',
      publicUrl: 'https://chat.acme.example',
      dataDir: '/srv/parley',
      databaseUrl: 'postgres://parley@db/parley',
      redisUrl: 'rediss://cache:6380',
      mailFrom: 'Parley <parley@acme.example>',
      smtpUrl: 'smtps://parley:secret@mail.acme.example',
      logLevel: 'debug',
      logTo: 'stdout',
    },
  });
});

test.each([
  ['http://localhost:3000', '127.0.0.1'],
  ['http://127.0.0.1:9', '127.0.0.1'],
  ['http://[::1]:9', '127.0.0.1'],
  ['http://192.168.1.4:3000', '0.0.0.0'],
  ['https://localhost.example.org', '0.0.0.0'],
])('%s listens on %s unless HOST says otherwise', (publicUrl, host) => {
  expect(readEnvironment({ PUBLIC_URL: publicUrl })).toMatchObject({ config: { host } });
  expect(readEnvironment({ PUBLIC_URL: publicUrl, HOST: '::' })).toMatchObject({ config: { host: '::' } });
});

test('all mistakes are told at once, each by its name, without secrets', () => {
  const read = readEnvironment({
    PORT: '70000',
    HOST: 'not a host',
    PUBLIC_URL: 'https://chat.acme.example/path',
    DATABASE_URL: 'mysql://root:hunter2@db/parley',
    REDIS_URL: 'http://:hunter2@cache',
    MAIL_FROM: 'Parley',
    SMTP_URL: 'mail:hunter2@host',
    METRICS_TOKEN: 'hunter2',
    LOG_LEVEL: 'loud',
    LOG_TO: 'printer',
  });
  expect(read.ok ? [] : read.mistakes).toEqual([
    'PORT must be a number from 1 to 65535, not "70000".',
    'HOST must be an address to listen on, not "not a host".',
    'PUBLIC_URL must be an origin alone, such as https://chat.example.org: without path, query or password.',
    'DATABASE_URL must be a URL such as postgresql://user:password@host:5432/database.',
    'REDIS_URL must be a URL such as redis://host:6379.',
    'MAIL_FROM must be such as Parley <parley@example.org>, not "Parley".',
    'SMTP_URL must be a URL such as smtp://user:password@host:587.',
    'METRICS_TOKEN must have 32 to 200 characters without spaces, such as openssl rand -hex 32 makes.',
    'LOG_LEVEL must be error, info or debug, not "loud".',
    'LOG_TO must be file or stdout, not "printer".',
  ]);
});

test('mail that goes out comes from somebody, one way', () => {
  const read = readEnvironment({ SMTP_URL: 'smtp://mail', RESEND_API_KEY: 're_1', PORT: 'x' });
  expect(read.ok ? [] : read.mistakes).toEqual([
    'PORT must be a number from 1 to 65535, not "x".',
    'MAIL_FROM is missing: mail must come from somebody.',
    'SMTP_URL and RESEND_API_KEY are both set: choose one way for mail.',
  ]);
  expect(readEnvironment({ RESEND_API_KEY: 're_1', MAIL_FROM: 'parley@acme.example' }).ok).toBe(true);
});

test.each(['Parley', 'a@b, c@d', 'Parley <a@b>\r\nBcc: c@d', '<a@b>', '"Parley" <a@b>'])(
  'MAIL_FROM %j is refused',
  (from) => {
    expect(readEnvironment({ MAIL_FROM: from }).ok).toBe(false);
  },
);

test.each(['0', '65536', '80a', '-1', '3000.5', ' 80'])('PORT %j is refused', (port) => {
  expect(readEnvironment({ PORT: port }).ok).toBe(false);
});

test.each([
  'chat.acme.example',
  'ftp://chat',
  'https://user:secret@chat',
  'https://chat/?a=1',
  'https://chat/#a',
  '//',
])('PUBLIC_URL %j is refused with one sentence', (publicUrl) => {
  const read = readEnvironment({ PUBLIC_URL: publicUrl });
  expect(read.ok ? [] : read.mistakes).toHaveLength(1);
});

test('the server reads back what the supervisor tells it', () => {
  const read = readEnvironment({ PORT: '8080', DATA_DIR: '/srv/parley' });
  if (!read.ok) throw new Error('unreachable');
  const secrets = { databaseUrl: 'postgres://localhost/parley', authSecret: 'x'.repeat(43) };
  const child = childEnvironment(read.config, secrets, { PATH: '/bin', PORT: '1' });
  expect(child['PATH']).toBe('/bin');
  expect(readServerEnvironment(child)).toEqual({
    port: 8080,
    host: '127.0.0.1',
    publicUrl: 'http://localhost:8080',
    dataDir: '/srv/parley',
    logLevel: 'info',
    ...secrets,
  });
});

test('the server refuses to start without database or secret, naming both', () => {
  expect(() => readServerEnvironment({ AUTH_SECRET: 'short', PORT: 'x' })).toThrow(
    /PORT must .*\nDATABASE_URL is missing\.\nAUTH_SECRET must/,
  );
});
