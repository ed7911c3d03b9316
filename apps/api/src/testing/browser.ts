/** A person's browser as far as the server sees it: cookies, origin, calls over HTTP, and one socket. */
import { WebSocket } from 'ws';
import { KEY_HEADER, NEW_KEY_HEADER } from '../accounts/identity.ts';
import { newToken } from '../accounts/secret-token.ts';
import { PERSON_HEADER } from '../accounts/session-cookies.ts';
import { Socket } from './socket.ts';

export interface Answer {
  status: number;
  headers: Headers;
  /** The body as it came. */
  text: string;
  /** The result, or `undefined` for an error. */
  data: unknown;
  /** The error's stable code, or `undefined`. */
  code: string | undefined;
  error: { message: string; data: Record<string, unknown> } | undefined;
}

export class Browser {
  readonly #url: string;
  readonly #cookies = new Map<string, string>();
  /** Kept out of the cookies; `null` once this browser was wiped. */
  key: string | null = newToken();
  /** Whose session requests are made with, where several are signed in. */
  personId: string | null = null;

  constructor(url: string) {
    this.#url = url;
  }

  /** What a release left in this browser. */
  setCookie(name: string, value: string | null): void {
    if (value === null) this.#cookies.delete(name);
    else this.#cookies.set(name, value);
  }

  get cookie(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  /** Calls a procedure; `input` goes into the URL of a query and the body of a mutation. */
  async call(kind: 'query' | 'mutation', path: string, input?: unknown): Promise<Answer> {
    const query = kind === 'query' && input !== undefined ? `?input=${encodeURIComponent(JSON.stringify(input))}` : '';
    return this.fetch(`/trpc/${path}${query}`, {
      ...(kind === 'mutation' && {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(input ?? null),
      }),
    });
  }

  async fetch(path: string, init: RequestInit = {}): Promise<Answer> {
    const headers = new Headers(init.headers);
    if (!headers.has('origin')) headers.set('origin', this.#url);
    if (this.#cookies.size > 0) headers.set('cookie', this.cookie);
    for (const name of this.key === null ? [] : [KEY_HEADER, NEW_KEY_HEADER]) headers.set(name, this.key ?? '');
    if (this.personId !== null) headers.set(PERSON_HEADER, this.personId);
    const response = await fetch(`${this.#url}${path}`, { ...init, headers });
    for (const cookie of response.headers.getSetCookie()) this.#keep(cookie);
    const text = await response.text();
    const body = text.startsWith('{') || text.startsWith('[') ? (JSON.parse(text) as Record<string, never>) : {};
    const { error, result } = body as { error?: Answer['error']; result?: { data: unknown } };
    const code = error?.data['code'];
    return {
      status: response.status,
      headers: response.headers,
      text,
      data: result ? result.data : undefined,
      code: typeof code === 'string' ? code : undefined,
      error,
    };
  }

  async signIn({ email }: { email: string }, password: string): Promise<this> {
    const { status, code } = await this.call('mutation', 'accounts.signIn', { email, password });
    if (status !== 200) throw new Error(`${email} could not sign in: ${code}`);
    return this;
  }

  /** Opens the socket with this browser's cookies. @param headers in place of those a browser sends */
  async connect(headers: Record<string, string> = {}): Promise<Socket> {
    return Socket.open(this.shakeHands('/trpc', headers));
  }

  /** A socket that is about to open. */
  shakeHands(path: string, headers: Record<string, string> = {}): WebSocket {
    return new (this.socketClass(headers))(`${this.#url.replace('http', 'ws')}${path}`);
  }

  /** For libraries that open sockets by themselves. */
  socketClass(headers: Record<string, string> = {}): new (url: string) => WebSocket {
    const protocols = this.#protocols;
    const origin = this.#url;
    const cookie = this.#cookies.size > 0 && { cookie: this.cookie };
    return class extends WebSocket {
      constructor(url: string) {
        super(url, protocols, { headers: { origin, ...cookie, ...headers } });
      }
    };
  }

  get #protocols(): string[] {
    if (this.key === null) return [];
    return ['parley', `key.${this.key}`, ...(this.personId === null ? [] : [`person.${this.personId}`])];
  }

  #keep(cookie: string): void {
    const [pair = ''] = cookie.split(';');
    const [name = '', value = ''] = pair.split('=');
    if (/max-age=0/i.test(cookie)) this.#cookies.delete(name);
    else this.#cookies.set(name, value);
  }
}
