import type { SlackMessage, SlackUser } from './export-schemas.ts';
import { importedId } from './imported-id.ts';

/** A person as they will stand in the directory: without an account, waiting to be claimed. */
export interface PlannedPerson {
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  readonly role: 'member' | 'guest';
  /** People who left the workspace, bots and people nobody knows cannot be added to new threads. */
  readonly active: boolean;
}

const NAME_LENGTH = 100;

/** Everybody an export speaks of: its users first, then bots and unknown ids in the order in which they come up. */
export class People {
  readonly #personBySlackId = new Map<string, PlannedPerson>();
  readonly #idParts: readonly string[];
  #unknown = 0;
  #bots = 0;

  constructor(users: readonly SlackUser[], idParts: readonly string[]) {
    this.#idParts = idParts;
    for (const user of users) {
      const isGuest = user.is_restricted === true || user.is_ultra_restricted === true || user.is_bot === true;
      this.#add(user.id, {
        name: nameOf(user),
        email: emailOf(user),
        role: isGuest ? 'guest' : 'member',
        active: user.deleted !== true && user.is_bot !== true,
      });
    }
  }

  /** Whoever is not among the users of the export becomes `Unknown (U123)`. */
  bySlackId(slackUserId: string): PlannedPerson {
    const known = this.#personBySlackId.get(slackUserId);
    if (known) return known;
    if (slackUserId !== 'USLACKBOT') this.#unknown += 1;
    const name = slackUserId === 'USLACKBOT' ? 'Slackbot' : `Unknown (${slackUserId})`;
    return this.#add(slackUserId, { name, email: null, role: 'guest', active: false });
  }

  /** `undefined` for a message that names neither a user nor a bot. */
  authorOf(message: SlackMessage): PlannedPerson | undefined {
    const user = message.user ?? message.comment?.user;
    if (user) return this.bySlackId(user);
    const name = firstFilled(message.bot_profile?.name, message.username);
    if (!message.bot_id && name === undefined) return undefined;
    const key = `bot:${message.bot_id ?? name}`;
    const known = this.#personBySlackId.get(key);
    if (known) return known;
    this.#bots += 1;
    return this.#add(key, { name: name ?? 'Bot', email: null, role: 'guest', active: false });
  }

  all(): readonly PlannedPerson[] {
    return [...this.#personBySlackId.values()];
  }

  /** People met outside of the list of users. */
  counts(): { readonly unknown: number; readonly bots: number } {
    return { unknown: this.#unknown, bots: this.#bots };
  }

  #add(key: string, person: Omit<PlannedPerson, 'id'>): PlannedPerson {
    const planned = { id: importedId([...this.#idParts, 'person', key]), ...person };
    this.#personBySlackId.set(key, planned);
    return planned;
  }
}

function nameOf(user: SlackUser): string {
  const { profile } = user;
  return firstFilled(profile?.display_name, user.real_name, profile?.real_name, user.name) ?? user.id;
}

function firstFilled(...names: readonly (string | null | undefined)[]): string | undefined {
  for (const name of names) {
    const line = (name ?? '').replaceAll('\u0000', '').replace(/\s+/g, ' ').trim().slice(0, NAME_LENGTH).toWellFormed();
    if (line !== '') return line;
  }
  return undefined;
}

function emailOf(user: SlackUser): string | null {
  const email = user.profile?.email?.trim().toLowerCase() ?? '';
  return email.length <= 254 && /^[^\s@<>"',;\p{C}]+@[^\s@<>"',;\p{C}]+\.[^\s@<>"',;\p{C}]+$/u.test(email)
    ? email
    : null;
}
