/** Makes accounts and signs devices in as people do: invitations, cookies and keys. */
import { randomBytes } from 'node:crypto';

/** A person signed in on one device. */
export interface SignedIn {
  /** Unlike that of any other device. */
  device: string;
  personId: string;
  orgId: string;
  cookie: string;
  key: string;
}

/** Of so many devices the last one is the second of the person before. */
const SECOND_DEVICE_EVERY = 5;
/** Of so many people the last one is a guest. */
const GUEST_EVERY = 10;
const PASSWORD = 'correct horse battery';

export interface Owner {
  personId: string;
  orgId: string;
  email: string;
  password: string;
}

/**
 * @param url of an API, without a trailing slash
 * @param origin what pages say they come from
 * @returns the owner's device first
 */
export async function signUp(
  { url, origin }: { url: string; origin: string },
  owner: Owner,
  devices: number,
): Promise<SignedIn[]> {
  const { orgId } = owner;
  const admin = new Browser(url, origin);
  await admin.signIn(owner.email, owner.password);
  const signedIn = [admin.asDevice('1', owner.personId, orgId)];
  let personId = owner.personId;
  for (let place = 2; place <= devices; place += 1) {
    const browser = new Browser(url, origin);
    if (place % SECOND_DEVICE_EVERY === 0) {
      await browser.signIn(emailOf(place - 1), PASSWORD);
      signedIn.push(browser.asDevice(`${place - 1}-second`, personId, orgId));
      continue;
    }
    const role = place % GUEST_EVERY === 1 ? 'guest' : 'member';
    const invited = await admin.call<{ url: string }>('organisations.invite', { orgId, email: emailOf(place), role });
    const { person } = await browser.call<{ person: { id: string } }>('accounts.acceptInvitation', {
      token: invited.url.split('/').at(-1),
      name: `Person ${place}`,
      password: PASSWORD,
    });
    personId = person.id;
    signedIn.push(browser.asDevice(String(place), personId, orgId));
  }
  return signedIn;
}

const emailOf = (place: number): string => `person${place}@example.org`;

class Browser {
  readonly #url: string;
  readonly #origin: string;
  readonly #key = randomBytes(32).toString('base64url');
  #cookie = '';

  constructor(url: string, origin: string) {
    this.#url = url;
    this.#origin = origin;
  }

  async call<Result>(path: string, input: unknown): Promise<Result> {
    const response = await fetch(`${this.#url}/trpc/${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        origin: this.#origin,
        cookie: this.#cookie,
        'x-parley-key': this.#key,
        'x-parley-new-key': this.#key,
      },
      body: JSON.stringify(input),
    });
    const cookies = response.headers.getSetCookie().map((cookie) => cookie.split(';')[0]);
    if (cookies.length > 0) this.#cookie = cookies.join('; ');
    const { result, error } = (await response.json()) as { result?: { data: Result }; error?: { message: string } };
    if (!result) throw new Error(`${path} was refused: ${error?.message}`);
    return result.data;
  }

  async signIn(email: string, password: string): Promise<void> {
    await this.call('accounts.signIn', { email, password });
  }

  asDevice(device: string, personId: string, orgId: string): SignedIn {
    return { device, personId, orgId, cookie: this.#cookie, key: this.#key };
  }
}
