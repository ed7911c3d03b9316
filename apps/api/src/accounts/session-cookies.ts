/**
 * The cookies of several people in one browser. Each person's session has one that is named after them; better-auth
 * knows a single name, under which it is handed one at a time.
 */

/** Names the person whose session a request is made with. A WebSocket brings it as a protocol, like the key. */
export const PERSON_HEADER = 'x-parley-person';

/** People who may be signed in in one browser at once. */
export const PEOPLE_PER_BROWSER = 5;

export interface CarriedCookie {
  name: string;
  /** As it stands in the header, signed. */
  value: string;
  /** `null` in one from before there were several people in a browser. */
  personId: string | null;
}

interface CookieKind {
  /** The name that better-auth knows. */
  name: string;
  isSecure: boolean;
  /** Seconds. */
  maxAge: number;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export class SessionCookies {
  readonly #kind: CookieKind;

  constructor(kind: CookieKind) {
    this.#kind = kind;
  }

  /** Every session cookie of the request, as far as a browser could have them. */
  carried(headers: Headers): CarriedCookie[] {
    const { name: base } = this.#kind;
    const found = (headers.get('cookie') ?? '').split(';').flatMap((pair): CarriedCookie[] => {
      const [name = '', ...value] = pair.trim().split('=');
      const personId = name === base ? null : name.startsWith(`${base}.`) ? name.slice(base.length + 1) : undefined;
      if (personId === undefined || (personId !== null && !uuid.test(personId))) return [];
      return [{ name, value: value.join('='), personId }];
    });
    // One of the former kind, and as many as may be: more than that was not set by us.
    return found.slice(0, PEOPLE_PER_BROWSER + 2);
  }

  /**
   * Those that may stand for the session that the request means: of the person it names, or any where it names nobody,
   * as programs and earlier releases do.
   */
  meant(headers: Headers): CarriedCookie[] {
    const named = headers.get(PERSON_HEADER);
    return this.carried(headers).filter(({ personId }) => named === null || personId === null || personId === named);
  }

  /** The request as if this were its only session. */
  alone(headers: Headers, { value }: Pick<CarriedCookie, 'value'>): Headers {
    const alone = new Headers(headers);
    alone.set('cookie', `${this.#kind.name}=${value}`);
    return alone;
  }

  /** Hands on what better-auth tells the browser, under the person's own name. */
  tell(told: Headers, personId: string, responseHeaders: Headers): void {
    for (const cookie of told.getSetCookie()) {
      if (!cookie.startsWith(`${this.#kind.name}=`)) continue;
      responseHeaders.append('set-cookie', `${this.#nameOf(personId)}${cookie.slice(this.#kind.name.length)}`);
    }
  }

  /** Gives a cookie of the former kind its person's name. */
  rename(cookie: CarriedCookie, personId: string, responseHeaders: Headers): void {
    this.#set(this.#nameOf(personId), { value: cookie.value, maxAge: this.#kind.maxAge }, responseHeaders);
    this.takeBack(cookie, responseHeaders);
  }

  takeBack({ name }: Pick<CarriedCookie, 'name'>, responseHeaders: Headers): void {
    this.#set(name, { value: '', maxAge: 0 }, responseHeaders);
  }

  #nameOf(personId: string): string {
    return `${this.#kind.name}.${personId}`;
  }

  #set(name: string, { value, maxAge }: { value: string; maxAge: number }, responseHeaders: Headers): void {
    const secure = this.#kind.isSecure ? '; Secure' : '';
    responseHeaders.append(
      'set-cookie',
      `${name}=${value}; Max-Age=${maxAge}; Path=/; HttpOnly; SameSite=Lax${secure}`,
    );
  }
}
