/**
 * Who somebody is: better-auth behind our own door. None of its HTTP routes is mounted; only the functions here reach
 * it, and only our procedures reach them.
 */
import type { Database } from '@parley/db';
import { betterAuth, type BetterAuthOptions } from 'better-auth';
import { kyselyAdapter } from '@better-auth/kysely-adapter';
import type { Kysely } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { ApiError } from '../http/api-error.ts';
import { accountsLog } from '../logger.ts';
import { hashedSessions } from './hashed-sessions.ts';
import { hashPassword, PASSWORD_LENGTH, verifyPassword } from './password.ts';

/** A signed-in person. `id` names the session itself and opens nothing. */
export interface Session {
  id: string;
  personId: string;
  name: string;
  email: string;
  expiresAt: Date;
}

export interface Identity {
  /**
   * The session that a request's cookie stands for. Writes into `responseHeaders` what the browser must be told: a
   * cookie prolonged (once a day) or taken back.
   */
  session(headers: Headers, responseHeaders: Headers | null): Promise<Session | null>;
  /** Sets the cookie. Wrong address and wrong password take the same time and give the same answer. @throws ApiError `INVALID_CREDENTIALS` */
  signIn(credentials: { email: string; password: string }, request: Exchange): Promise<Session>;
  /** Ends the session and takes the cookie back. */
  signOut(request: Exchange): Promise<void>;
}

/** The headers of a request, and where those of its answer are collected. */
export interface Exchange {
  headers: Headers;
  responseHeaders: Headers;
}

const DAY = 24 * 60 * 60;
/** Days a browser stays signed in after it was last used. */
export const SESSION_DAYS = 30;

/** @param publicUrl with https, cookies are `Secure` and carry the `__Secure-` prefix */
export function createIdentity(db: Kysely<Database>, settings: { publicUrl: string; authSecret: string }): Identity {
  const auth = betterAuth(options(db, settings));
  return {
    async session(headers, responseHeaders) {
      if (!headers.has('cookie')) return null;
      const { response, headers: told } = await auth.api.getSession({
        headers,
        returnHeaders: true,
        query: responseHeaders ? {} : { disableRefresh: true },
      });
      copyCookies(told, responseHeaders);
      return response && toSession(response);
    },
    async signIn(body, { headers, responseHeaders }) {
      const signedIn = await auth.api
        .signInEmail({ body, headers, returnHeaders: true })
        .catch((error: unknown) => mustBeCredentials(error));
      copyCookies(signedIn.headers, responseHeaders);
      const cookies = new Headers({ cookie: cookiePairs(signedIn.headers) });
      const session = await auth.api.getSession({ headers: cookies, query: { disableRefresh: true } });
      if (!session) throw new Error('A session that was just made is not there.');
      return toSession(session);
    },
    async signOut({ headers, responseHeaders }) {
      const { headers: told } = await auth.api.signOut({ headers, returnHeaders: true });
      copyCookies(told, responseHeaders);
    },
  };
}

const stamps = { createdAt: 'created_at', updatedAt: 'updated_at' } as const;

function options(db: Kysely<Database>, settings: { publicUrl: string; authSecret: string }) {
  return {
    baseURL: settings.publicUrl,
    secret: settings.authSecret,
    telemetry: { enabled: false },
    rateLimit: { enabled: false },
    database: hashedSessions(kyselyAdapter(db, { type: 'postgres', transaction: true })),
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: 1,
      maxPasswordLength: PASSWORD_LENGTH.most,
      password: { hash: hashPassword, verify: verifyPassword },
    },
    session: {
      modelName: 'auth_session',
      expiresIn: SESSION_DAYS * DAY,
      updateAge: DAY,
      fields: {
        ...stamps,
        userId: 'user_id',
        expiresAt: 'expires_at',
        ipAddress: 'ip_address',
        userAgent: 'user_agent',
      },
    },
    user: { modelName: 'auth_user', fields: { ...stamps, emailVerified: 'email_verified' } },
    account: {
      modelName: 'auth_account',
      fields: {
        ...stamps,
        accountId: 'account_id',
        providerId: 'provider_id',
        userId: 'user_id',
        accessToken: 'access_token',
        refreshToken: 'refresh_token',
        idToken: 'id_token',
        accessTokenExpiresAt: 'access_token_expires_at',
        refreshTokenExpiresAt: 'refresh_token_expires_at',
      },
    },
    verification: { modelName: 'auth_verification', fields: { ...stamps, expiresAt: 'expires_at' } },
    advanced: {
      cookiePrefix: 'parley',
      useSecureCookies: settings.publicUrl.startsWith('https:'),
      database: { generateId: () => uuidv7() },
      ipAddress: { disableIpTracking: true },
    },
    logger: {
      level: 'error',
      log: (_level, message, ...details) => accountsLog.error({ details: details.map(String) }, message),
    },
  } satisfies BetterAuthOptions;
}

const toSession = (found: {
  session: { id: string; expiresAt: Date };
  user: { id: string; name: string; email: string };
}): Session => ({
  id: found.session.id,
  personId: found.user.id,
  name: found.user.name,
  email: found.user.email,
  expiresAt: found.session.expiresAt,
});

/** Whatever better-auth calls it (unknown address, no password, wrong one, not an address), the person hears one thing. */
function mustBeCredentials(error: unknown): never {
  const status = (error as { statusCode?: number }).statusCode;
  if (status === undefined || status >= 500) throw error;
  throw new ApiError('INVALID_CREDENTIALS', 'The e-mail address or the password is not right.', {
    status: 'UNAUTHORIZED',
  });
}

function copyCookies(from: Headers, to: Headers | null): void {
  for (const cookie of from.getSetCookie()) to?.append('set-cookie', cookie);
}

const cookiePairs = (headers: Headers): string =>
  headers
    .getSetCookie()
    .map((cookie) => cookie.split(';', 1)[0])
    .join('; ');
