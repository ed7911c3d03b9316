/**
 * Who somebody is: better-auth behind our own door. None of its HTTP routes is mounted; only the functions here reach
 * it, and only our procedures reach them.
 */
import type { Database } from '@parley/db';
import { betterAuth, type BetterAuthOptions, type BetterAuthPlugin } from 'better-auth';
import { createAuthEndpoint } from 'better-auth/api';
import { setSessionCookie } from 'better-auth/cookies';
import { kyselyAdapter } from '@better-auth/kysely-adapter';
import type { Kysely } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { accountsLog } from '../logger.ts';
import { hashedSessions } from './hashed-sessions.ts';
import { hashToken } from './secret-token.ts';
import { PEOPLE_PER_BROWSER, PERSON_HEADER, SessionCookies, type CarriedCookie } from './session-cookies.ts';

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
   * The session that a request's cookie and key stand for: of the person it names, where it names one. Writes into
   * `responseHeaders` what the browser must be told: a cookie prolonged (once a day), renamed or taken back.
   */
  session(request: Omit<Exchange, 'responseHeaders'> & { responseHeaders: Headers | null }): Promise<Session | null>;
  /**
   * Signs somebody in who has proved who they are, and sets their cookie. The new key that the request carries is
   * asked for from then on. A session that they had in this browser before ends; those of others go on, but for the one
   * used longest ago where there would be too many.
   * @returns the session, and the ids of those that ended
   */
  openSession(personId: string, request: Exchange): Promise<{ session: Session; ended: string[] }>;
  /**
   * Ends the session that the request means, also without its key, and takes the cookie back. Without a key and a name
   * none is meant where there are several.
   * @returns its id
   */
  signOut(request: Exchange): Promise<string | null>;
}

/** The headers of a request, where those of its answer are collected, and where it comes from. */
export interface Exchange {
  headers: Headers;
  responseHeaders: Headers;
  address: string;
}

/**
 * Carries what a browser keeps out of its cookies, so that wiping its storage ends the session without a network. A
 * WebSocket brings it as a protocol, since a page cannot set headers there.
 */
export const KEY_HEADER = 'x-parley-key';
/** The key that a session is to have which this request opens; without one the cookie is enough, as for programs. */
export const NEW_KEY_HEADER = 'x-parley-new-key';
const keyIn = (headers: Headers, name: string): string | null => {
  const key = headers.get(name);
  return key !== null && /^[\w-]{20,100}$/.test(key) ? key : null;
};
/** The key that a browser brings, whatever it still opens. */
export const keyOf = (headers: Headers): string | null => keyIn(headers, KEY_HEADER);

const COOKIE_PREFIX = 'parley';
const DAY = 24 * 60 * 60;
/** Days a browser stays signed in after it was last used. */
export const SESSION_DAYS = 30;
/** Days after which somebody signs in anew, however much the session is used. */
const LONGEST_SESSION_DAYS = 90;
/** Milliseconds: a device list is as exact as that. */
const USED_MS = 5 * 60_000;

/** @param publicUrl with https, cookies are `Secure` and carry the `__Secure-` prefix */
export function createIdentity(db: Kysely<Database>, settings: { publicUrl: string; authSecret: string }): Identity {
  const auth = betterAuth(options(db, settings));
  const isSecure = settings.publicUrl.startsWith('https:');
  const cookies = new SessionCookies({
    name: `${isSecure ? '__Secure-' : ''}${COOKIE_PREFIX}.session_token`,
    isSecure,
    maxAge: SESSION_DAYS * DAY,
  });
  const read = (headers: Headers, disableRefresh: boolean) =>
    auth.api.getSession({ headers, returnHeaders: true, query: { disableRefresh } });
  const end = (id: string) => db.deleteFrom('auth_session').where('id', '=', id).execute();

  /** Sessions of these cookies that are alive; the cookies of others are taken back. */
  async function alive(carried: readonly CarriedCookie[], headers: Headers, responseHeaders: Headers | null) {
    const found = [];
    for (const cookie of carried) {
      const own = cookies.alone(headers, cookie);
      const { response } = await read(own, true);
      // A name on a cookie is only a name: whose session it is says the session.
      if (response && response.user.id === (cookie.personId ?? response.user.id)) found.push({ cookie, own, response });
      else if (responseHeaders) cookies.takeBack(cookie, responseHeaders);
    }
    return found;
  }

  /** Ends what the person had here, and takes in no more people than a browser carries. */
  async function makeRoom(personId: string, { headers, responseHeaders }: Exchange): Promise<string[]> {
    const found = await alive(cookies.carried(headers), headers, responseHeaders);
    const others = found
      .filter(({ response }) => response.user.id !== personId)
      .toSorted((a, b) => b.response.session.usedAt.getTime() - a.response.session.usedAt.getTime());
    const staying = new Set(others.slice(0, PEOPLE_PER_BROWSER - 1));
    const leaving = found.filter((one) => !staying.has(one));
    for (const { cookie, response } of leaving) {
      await end(response.session.id);
      cookies.takeBack(cookie, responseHeaders);
    }
    for (const { cookie, response } of staying) {
      if (cookie.personId === null) cookies.rename(cookie, response.user.id, responseHeaders);
    }
    return leaving.map(({ response }) => response.session.id);
  }

  return {
    async session({ headers, responseHeaders, address }) {
      const named = headers.get(PERSON_HEADER);
      const key = keyOf(headers);
      for (const { cookie, own, response: found } of await alive(cookies.meant(headers), headers, responseHeaders)) {
        const { id, keyHash, usedAt } = found.session;
        if (!opens(key, keyHash) || found.user.id !== (named ?? found.user.id)) continue;
        if (Date.now() - usedAt.getTime() > USED_MS) await markUsed(db, { id, address });
        if (responseHeaders && cookie.personId === null) cookies.rename(cookie, found.user.id, responseHeaders);
        if (responseHeaders && isRenewalDue(found.session))
          cookies.tell((await read(own, false)).headers, found.user.id, responseHeaders);
        return toSession(found);
      }
      return null;
    },
    async openSession(personId, exchange) {
      const { headers, responseHeaders, address } = exchange;
      const ended = await makeRoom(personId, exchange);
      const key = keyIn(headers, NEW_KEY_HEADER);
      const { response, headers: told } = await auth.api.openSession({
        headers,
        returnHeaders: true,
        body: { personId, keyHash: key === null ? null : hashToken(key), address },
      });
      cookies.tell(told, personId, responseHeaders);
      return { session: toSession(response), ended };
    },
    async signOut({ headers, responseHeaders }) {
      const named = headers.get(PERSON_HEADER);
      const key = keyOf(headers);
      const found = (await alive(cookies.meant(headers), headers, responseHeaders)).filter(
        ({ response }) => response.user.id === (named ?? response.user.id),
      );
      const opened = key === null ? [] : found.filter(({ response }) => opens(key, response.session.keyHash));
      const [meant, ...more] = opened.length > 0 ? opened : found;
      if (!meant || more.length > 0) return null;
      await end(meant.response.session.id);
      cookies.takeBack(meant.cookie, responseHeaders);
      return meant.response.session.id;
    },
  };
}

/** Once a day, and never to more than `LONGEST_SESSION_DAYS`. */
export function isRenewalDue({ createdAt, expiresAt }: { createdAt: Date; expiresAt: Date }): boolean {
  const now = Date.now();
  return (
    expiresAt.getTime() - now < (SESSION_DAYS - 1) * DAY * 1000 &&
    createdAt.getTime() + LONGEST_SESSION_DAYS * DAY * 1000 >= now + SESSION_DAYS * DAY * 1000
  );
}

function opens(key: string | null, keyHash: string | null | undefined): boolean {
  if (keyHash === null || keyHash === undefined) return true;
  return key !== null && hashToken(key) === keyHash;
}

async function markUsed(db: Kysely<Database>, { id, address }: { id: string; address: string }): Promise<void> {
  await db.updateTable('auth_session').set({ used_at: new Date(), ip_address: address }).where('id', '=', id).execute();
}

/** Makes a session without asking for anything: only `openSession` reaches it. */
const sessionMaker = {
  id: 'parley-sessions',
  endpoints: {
    openSession: createAuthEndpoint.serverOnly(
      {
        method: 'POST',
        requireHeaders: true,
        body: z.object({ personId: z.string(), keyHash: z.string().nullable(), address: z.string() }),
      },
      async (ctx) => {
        const { personId, keyHash, address } = ctx.body;
        const user = await ctx.context.internalAdapter.findUserById(personId);
        if (!user) throw new Error('A person without an account.');
        const session = await ctx.context.internalAdapter.createSession(personId, false, {
          keyHash,
          ipAddress: address,
          usedAt: new Date(),
        });
        await setSessionCookie(ctx, { session, user });
        return { session, user };
      },
    ),
  },
} satisfies BetterAuthPlugin;

const stamps = { createdAt: 'created_at', updatedAt: 'updated_at' } as const;

function options(db: Kysely<Database>, settings: { publicUrl: string; authSecret: string }) {
  return {
    baseURL: settings.publicUrl,
    secret: settings.authSecret,
    telemetry: { enabled: false },
    rateLimit: { enabled: false },
    database: hashedSessions(kyselyAdapter(db, { type: 'postgres', transaction: true })),
    plugins: [sessionMaker],
    session: {
      modelName: 'auth_session',
      expiresIn: SESSION_DAYS * DAY,
      updateAge: DAY,
      additionalFields: {
        keyHash: { type: 'string', required: false, input: false, fieldName: 'key_hash' },
        usedAt: { type: 'date', required: true, input: false, fieldName: 'used_at' },
      },
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
      cookiePrefix: COOKIE_PREFIX,
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
