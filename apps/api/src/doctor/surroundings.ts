/** What stands around an installation: Redis, the mail server, and the address under which people reach it. */
import { connect } from 'node:net';
import { Redis } from 'ioredis';
import type { Configuration } from '../env.ts';
import { reason, type Finding } from './finding.ts';
import { isParley } from './machine.ts';

const PATIENCE_MS = 5_000;

export async function examineRedis(redisUrl: string): Promise<Finding[]> {
  const redis = new Redis(redisUrl, {
    lazyConnect: true,
    connectTimeout: PATIENCE_MS,
    // Its own first question would be refused without a password, and say only that the connection is closed.
    enableReadyCheck: false,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  // What is thrown says only that the connection is closed; why it is stands here.
  let cause: Error | undefined;
  redis.on('error', (error: Error) => (cause ??= error));
  try {
    await redis.connect();
    await redis.ping();
    const [, policy] = await redis.config('GET', 'maxmemory-policy').then(
      (answer): readonly unknown[] => (Array.isArray(answer) ? answer : []),
      // Hosted ones often do not tell.
      () => [],
    );
    if (typeof policy !== 'string' || policy === 'noeviction') return [];
    return [
      {
        code: 'REDIS_EVICTS',
        what: `Redis throws away what it likes when its memory is full (${policy}): jobs would be lost.`,
        mend: 'Set maxmemory-policy to noeviction.',
      },
    ];
  } catch (error) {
    const { host } = new URL(redisUrl);
    const why = reason(cause ?? error);
    const isPassword = /NOAUTH|WRONGPASS|invalid.*password/i.test(why);
    return [
      isPassword
        ? {
            code: 'REDIS_PASSWORD',
            what: `Redis at ${host} does not let us in.`,
            mend: 'Put the password of REDIS_URL right: redis://:PASSWORD@host:6379.',
          }
        : {
            code: 'REDIS_UNREACHABLE',
            what: `Redis at ${host} cannot be used: ${why}.`,
            mend: 'See that it runs and that REDIS_URL is right; or leave REDIS_URL away, one server does without.',
          },
    ];
  } finally {
    redis.disconnect();
  }
}

export async function examineMail({ smtpUrl, resendApiKey, publicUrl }: Configuration): Promise<Finding[]> {
  if (smtpUrl === undefined) {
    if (resendApiKey !== undefined || isLocal(publicUrl)) return [];
    return [
      {
        code: 'MAIL_KEPT',
        what: 'No mail leaves this machine: it is kept below DATA_DIR.',
        mend: 'Set SMTP_URL or RESEND_API_KEY, and MAIL_FROM.',
      },
    ];
  }
  const { hostname, port, protocol } = new URL(smtpUrl);
  const number = Number(port || (protocol === 'smtps:' ? 465 : 587));
  const answer = await reach(hostname, number);
  if (answer === null) return [];
  return [
    {
      code: 'MAIL_UNREACHABLE',
      what: `The mail server at ${hostname}, port ${number} does not answer: ${answer}.`,
      mend: 'Put SMTP_URL right. Many networks close port 25: use 587, or 465 with smtps://.',
    },
  ];
}

/** `null` when somebody listens there, else what happened. */
function reach(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: PATIENCE_MS });
    const done = (answer: string | null) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => done(null));
    socket.once('timeout', () => done('no answer'));
    socket.once('error', (error) => done(reason(error)));
  });
}

export async function examineAddress({ publicUrl }: Pick<Configuration, 'publicUrl'>): Promise<Finding[]> {
  if (isLocal(publicUrl)) return [];
  const findings: Finding[] = [];
  if (publicUrl.startsWith('http:')) {
    findings.push({
      code: 'ADDRESS_PLAIN',
      what: `Under ${publicUrl} passwords travel in the clear, and browsers allow no offline start there.`,
      mend: 'Put a proxy with a certificate before Parley (Caddy makes one by itself) and give its https:// address as PUBLIC_URL.',
    });
  }
  if (!(await isParley(publicUrl))) {
    findings.push({
      code: 'ADDRESS_ELSEWHERE',
      what: `${publicUrl} does not lead to a running Parley.`,
      mend: 'See that Parley runs, that the name leads to this machine, and that the proxy passes /readyz and WebSockets on.',
    });
  }
  return findings;
}

function isLocal(publicUrl: string): boolean {
  const { hostname } = new URL(publicUrl);
  return hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
}
