import { join, resolve } from 'node:path';
import { z } from 'zod';

/** What an operator decides about an installation. Everything has a default; nothing is baked into the web build. */
export interface Configuration {
  /** TCP port of the one HTTP server. */
  port: number;
  /** Address it listens on. */
  host: string;
  /** Origin under which people reach it, without a trailing slash. */
  publicUrl: string;
  /** Absolute path of everything that must outlive a restart. */
  dataDir: string;
  /** An external PostgreSQL; absent: the embedded one below `dataDir`. */
  databaseUrl?: string;
  /** A Redis or Valkey; absent: queue on PostgreSQL, pokes in process. */
  redisUrl?: string;
  /** Who mail comes from: `Name <address>` or an address. */
  mailFrom?: string;
  /** A mail server; without it and `resendApiKey`, mail is kept below `dataDir`. */
  smtpUrl?: string;
  resendApiKey?: string;
  /** Reads `/metrics`; absent: one that only this installation can make. */
  metricsToken?: string;
  logLevel: LogLevel;
  /** `file`: logs go to `parley.log` in `dataDir`. `stdout`: to standard output, for containers. */
  logTo: 'file' | 'stdout';
}

export type LogLevel = 'error' | 'info' | 'debug';

export type Environment = Readonly<Record<string, string | undefined>>;

export const PROJECT_ROOT = resolve(import.meta.dirname, '..', '..', '..');

const DEFAULT_PORT = 3000;

/**
 * Reads the configuration of an installation. All mistakes are found at once, each a sentence that names the variable.
 *
 * `HOST` defaults to this machine only while `PUBLIC_URL` points to this machine: passwords would travel in the clear.
 * Once it names a place where others reach the installation, the server listens on every address.
 */
export function readEnvironment(
  env: Environment = process.env,
): { ok: true; config: Configuration } | { ok: false; mistakes: string[] } {
  const given = withoutEmpty(env);
  const parsed = environmentSchema.safeParse(given);
  const mistakes = [...(parsed.error?.issues.map(({ message }) => message) ?? []), ...mistakesAboutMail(given)];
  if (!parsed.success || mistakes.length > 0) return { ok: false, mistakes };
  const { PORT, HOST, PUBLIC_URL, DATA_DIR, DATABASE_URL, REDIS_URL, LOG_LEVEL, LOG_TO } = parsed.data;
  const { MAIL_FROM, SMTP_URL, RESEND_API_KEY, METRICS_TOKEN } = parsed.data;
  const publicUrl = PUBLIC_URL ?? `http://localhost:${PORT}`;
  return {
    ok: true,
    config: {
      port: PORT,
      host: HOST ?? (isLoopback(publicUrl) ? '127.0.0.1' : '0.0.0.0'),
      publicUrl,
      dataDir: DATA_DIR ? resolve(PROJECT_ROOT, DATA_DIR) : join(PROJECT_ROOT, 'data'),
      ...(DATABASE_URL && { databaseUrl: DATABASE_URL }),
      ...(REDIS_URL && { redisUrl: REDIS_URL }),
      ...(MAIL_FROM && { mailFrom: MAIL_FROM }),
      ...(SMTP_URL && { smtpUrl: SMTP_URL }),
      ...(RESEND_API_KEY && { resendApiKey: RESEND_API_KEY }),
      ...(METRICS_TOKEN && { metricsToken: METRICS_TOKEN }),
      logLevel: LOG_LEVEL,
      logTo: LOG_TO,
    },
  };
}

/** What the supervisor tells the API server, which trusts it: the configuration, made definite. */
export interface ServerEnvironment extends Omit<Configuration, 'databaseUrl' | 'logTo'> {
  databaseUrl: string;
  /** Signs sessions; at least 32 characters. */
  authSecret: string;
}

/** Reads what `childEnvironment` wrote. Throws with every mistake in one message. */
export function readServerEnvironment(env: Environment = process.env): ServerEnvironment {
  const read = readEnvironment(env);
  const authSecret = env['AUTH_SECRET'] ?? '';
  const mistakes = [
    ...(read.ok ? [] : read.mistakes),
    ...(env['DATABASE_URL'] ? [] : ['DATABASE_URL is missing.']),
    ...(authSecret.length >= 32 ? [] : ['AUTH_SECRET must have at least 32 characters.']),
  ];
  if (!read.ok || !read.config.databaseUrl || mistakes.length > 0) throw new Error(mistakes.join('\n'));
  const { logTo: _, databaseUrl, ...config } = read.config;
  return { ...config, databaseUrl, authSecret };
}

/** The environment of the API and worker processes. The rest of our own (PATH, TZ, proxies) is passed on. */
export function childEnvironment(
  config: Configuration,
  { databaseUrl, authSecret }: { databaseUrl: string; authSecret: string },
  env: Environment = process.env,
): NodeJS.ProcessEnv {
  return {
    ...env,
    NODE_ENV: env['NODE_ENV'] ?? 'production',
    PORT: String(config.port),
    HOST: config.host,
    PUBLIC_URL: config.publicUrl,
    DATA_DIR: config.dataDir,
    DATABASE_URL: databaseUrl,
    REDIS_URL: config.redisUrl ?? '',
    MAIL_FROM: config.mailFrom ?? '',
    SMTP_URL: config.smtpUrl ?? '',
    RESEND_API_KEY: config.resendApiKey ?? '',
    METRICS_TOKEN: config.metricsToken ?? '',
    LOG_LEVEL: config.logLevel,
    AUTH_SECRET: authSecret,
    SUPERVISOR_PID: String(process.pid),
  };
}

const environmentSchema = z.object({
  PORT: z
    .string()
    .default(String(DEFAULT_PORT))
    .refine((text) => /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535, {
      error: ({ input }) => `PORT must be a number from 1 to 65535, not ${quote(input)}.`,
    })
    .transform(Number),
  HOST: z
    .string()
    .regex(/^[\w.:-]+$/, { error: ({ input }) => `HOST must be an address to listen on, not ${quote(input)}.` })
    .optional(),
  PUBLIC_URL: url('PUBLIC_URL', ['http:', 'https:'], 'https://chat.example.org')
    .refine((text) => isOrigin(text), {
      error: 'PUBLIC_URL must be an origin alone, such as https://chat.example.org: without path, query or password.',
    })
    .transform((text) => (URL.canParse(text) ? new URL(text).origin : text))
    .optional(),
  DATA_DIR: z.string().optional(),
  DATABASE_URL: url(
    'DATABASE_URL',
    ['postgres:', 'postgresql:'],
    'postgresql://user:password@host:5432/database',
  ).optional(),
  REDIS_URL: url('REDIS_URL', ['redis:', 'rediss:'], 'redis://host:6379').optional(),
  MAIL_FROM: z
    .string()
    .regex(/^(?:[^<>"@\p{Cc}]+ <[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/u, {
      error: ({ input }) => `MAIL_FROM must be such as Parley <parley@example.org>, not ${quote(input)}.`,
    })
    .optional(),
  SMTP_URL: url('SMTP_URL', ['smtp:', 'smtps:'], 'smtp://user:password@host:587').optional(),
  RESEND_API_KEY: z.string().optional(),
  METRICS_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]{32,200}$/, {
      error: 'METRICS_TOKEN must have 32 to 200 characters without spaces, such as openssl rand -hex 32 makes.',
    })
    .optional(),
  LOG_LEVEL: z
    .enum(['error', 'info', 'debug'], {
      error: ({ input }) => `LOG_LEVEL must be error, info or debug, not ${quote(input)}.`,
    })
    .default('info'),
  LOG_TO: z
    .enum(['file', 'stdout'], { error: ({ input }) => `LOG_TO must be file or stdout, not ${quote(input)}.` })
    .default('file'),
});

function mistakesAboutMail({ MAIL_FROM, SMTP_URL, RESEND_API_KEY }: Environment): string[] {
  const isSent = SMTP_URL !== undefined || RESEND_API_KEY !== undefined;
  return [
    ...(isSent && MAIL_FROM === undefined ? ['MAIL_FROM is missing: mail must come from somebody.'] : []),
    ...(SMTP_URL !== undefined && RESEND_API_KEY !== undefined
      ? ['SMTP_URL and RESEND_API_KEY are both set: choose one way for mail.']
      : []),
  ];
}

/** Never repeats the value in its message: it may hold a password. */
function url(name: string, protocols: string[], example: string) {
  return z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), {
    error: `${name} must be a URL such as ${example}.`,
    abort: true,
  });
}

function isOrigin(text: string): boolean {
  const { origin, href } = new URL(text);
  return href === `${origin}/`;
}

function isLoopback(publicUrl: string): boolean {
  const { hostname } = new URL(publicUrl);
  return hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
}

/** `PORT= npm start` means the default, as in a shell. */
function withoutEmpty(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
}

function quote(value: unknown): string {
  return `"${String(value).slice(0, 40)}"`;
}
