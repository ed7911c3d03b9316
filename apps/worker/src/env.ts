import { join } from 'node:path';
import type { MailerOptions } from '@parley/emails';

/** What the supervisor tells the worker. It has checked all of it; here it is only read. */
export interface WorkerEnvironment {
  databaseUrl: string;
  redisUrl?: string;
  /** Origin under which people reach the installation, without a trailing slash. */
  publicUrl: string;
  /** The tokens of invitations are made of it. */
  authSecret: string;
  mail: MailerOptions;
  logLevel: 'error' | 'info' | 'debug';
}

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws with a sentence that names the variable */
export function readWorkerEnvironment(env: Environment = process.env): WorkerEnvironment {
  const must = (name: string): string => {
    const value = env[name];
    if (!value) throw new Error(`${name} is missing.`);
    return value;
  };
  const { REDIS_URL: redisUrl, LOG_LEVEL: logLevel = 'info' } = env;
  if (logLevel !== 'error' && logLevel !== 'info' && logLevel !== 'debug') {
    throw new Error('LOG_LEVEL must be error, info or debug.');
  }
  return {
    databaseUrl: must('DATABASE_URL'),
    publicUrl: must('PUBLIC_URL'),
    authSecret: must('AUTH_SECRET'),
    mail: mailOptions(env, must('DATA_DIR')),
    logLevel,
    ...(redisUrl && { redisUrl }),
  };
}

function mailOptions(
  { MAIL_FROM: from, SMTP_URL: smtpUrl, RESEND_API_KEY: resendApiKey }: Environment,
  dataDir: string,
): MailerOptions {
  return {
    from: from || 'Parley <parley@localhost>',
    caughtFolder: join(dataDir, 'mail'),
    ...(smtpUrl && { smtpUrl }),
    ...(resendApiKey && { resendApiKey }),
  };
}
