import type { AppRouter } from '@parley/api/router';
import { createTRPCClient, httpLink, type TRPCClient } from '@trpc/client';
import { Cookies } from './cookies.ts';
import { NoAnswer, parleyErrors } from './parley-error.ts';

export interface ParleyClientOptions {
  /** Origin of the installation, such as `https://chat.example.org`. */
  url: string;
  /** How long one call may take; 30,000 unless said otherwise. */
  timeoutMs?: number;
}

export interface ParleyClient {
  /**
   * Signs in; the session lives as long as this client, and calls carry it. `code` is of an authenticator app or a
   * recovery code, for accounts that ask for one.
   * @throws ParleyError `INVALID_CREDENTIALS`, `RATE_LIMITED`, `CODE_WRONG`
   */
  signIn(credentials: { email: string; password: string; code?: string }): Promise<SignedInPerson>;
  /** Ends the session on the server too. */
  signOut(): Promise<void>;
  /**
   * Every procedure of the server, with its types, over HTTP: `calls.organisations.invite.mutate({ … })`. Each throws
   * `ParleyError`. Subscriptions need a WebSocket and do not work here: see `@parley/client/realtime`.
   */
  readonly calls: TRPCClient<AppRouter>;
  /** Origin of the installation. */
  readonly url: string;
  /** What a request of its own needs to belong to the session; nothing in a page, whose browser keeps the cookies. */
  sessionHeaders(): Record<string, string>;
}

export interface SignedInPerson {
  id: string;
  name: string;
  email: string;
}

/** Opens nothing: the first call does. */
export function createParleyClient({ url, timeoutMs = 30_000 }: ParleyClientOptions): ParleyClient {
  const cookies = new Cookies();
  const sessionHeaders = (): Record<string, string> => (cookies.header === null ? {} : { cookie: cookies.header });
  const calls = createTRPCClient<AppRouter>({
    links: [
      parleyErrors,
      httpLink({
        url: new URL('/trpc', url).href,
        headers: sessionHeaders,
        async fetch(address, init) {
          const ends = [AbortSignal.timeout(timeoutMs), ...(init?.signal ? [init.signal] : [])];
          const { status, body } = await exchange(address, { ...(init as RequestInit), signal: AbortSignal.any(ends) });
          return { ok: status < 400, status, json: async () => JSON.parse(body) as unknown };
        },
      }),
    ],
  });

  /** One request with its whole answer. @throws NoAnswer */
  async function exchange(
    address: Parameters<typeof fetch>[0],
    request: RequestInit,
  ): Promise<{ status: number; body: string }> {
    try {
      // Followed, a redirect would turn a POST into a GET, or carry password and session elsewhere.
      const response = await fetch(address, { ...request, redirect: 'error' });
      const body = await response.text();
      cookies.keep(response.headers);
      return { status: response.status, body };
    } catch (error) {
      throw new NoAnswer('The server did not answer.', { cause: error });
    }
  }

  return {
    calls,
    url,
    sessionHeaders,
    async signIn({ code = '-', ...credentials }) {
      const { person, secondStep } = await calls.accounts.signIn.mutate(credentials);
      if (person !== null) return person;
      // Without a code the server says that it is wrong, in its own words.
      return (await calls.accounts.twoStep.signIn.mutate({ token: secondStep ?? '', code })).person;
    },
    async signOut() {
      await calls.accounts.signOut.mutate();
    },
  };
}
