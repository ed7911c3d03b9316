/**
 * Whose data is on this device, which of them are signed in, and whose page this tab is. Each person's data lies in
 * databases of their own; a tab stays with its person for as long as it is open.
 */

export interface SignedInPerson {
  id: string;
  name: string;
  email: string;
}

const known = 'parley.accounts';
/** Those who are signed in, one item for each, so that other tabs hear whom a change is about. */
const signedIn = 'parley.session.';
/** The one person that releases before kept. */
const former = 'parley.session';
/** Of the tab. Empty: somebody is to be signed in here beside the others. */
const ofTab = 'parley.person';

/** The one used last comes first. */
export function knownAccounts(): readonly SignedInPerson[] {
  const kept = read(known);
  return Array.isArray(kept) ? kept.flatMap((entry) => toPerson(entry) ?? []) : [];
}

/** Notes that this device holds their data, and that they were the last to use it. */
export function rememberAccount({ id, name, email }: SignedInPerson): void {
  keepAccounts([{ id, name, email }, ...knownAccounts().filter((account) => account.id !== id)]);
}

export function forgetAccount(personId: string): void {
  keepAccounts(knownAccounts().filter(({ id }) => id !== personId));
}

function keepAccounts(accounts: readonly SignedInPerson[]): void {
  if (accounts.length === 0) localStorage.removeItem(known);
  else localStorage.setItem(known, JSON.stringify(accounts));
}

/** Somebody signed in in this browser, as far as it knows. */
export function keptPerson(personId: string): SignedInPerson | null {
  return toPerson(read(signedIn + personId)) ?? formerPerson(personId);
}

/** @param signedInAt set by whoever has just signed in: the other tabs hear of it, also when nothing else is new */
export function keepPerson(person: SignedInPerson, signedInAt?: number): void {
  const { id, name, email } = person;
  const before = toPerson(read(signedIn + id));
  if (signedInAt === undefined && JSON.stringify(before) === JSON.stringify({ id, name, email })) return;
  localStorage.setItem(signedIn + id, JSON.stringify({ id, name, email, signedInAt }));
}

/** Makes the person's tabs stop. */
export function dropPerson(personId: string): void {
  localStorage.removeItem(signedIn + personId);
  if (formerPerson(personId)) localStorage.removeItem(former);
}

/** Whom a change of `localStorage` signed in or out; `undefined` where it is about something else. */
export function personInChange({ key, newValue }: StorageEvent): { id: string; isIn: boolean } | undefined {
  return key?.startsWith(signedIn) ? { id: key.slice(signedIn.length), isIn: newValue !== null } : undefined;
}

// A worker is nobody's, and has no such storage.
let tabPerson: string | null | undefined =
  'sessionStorage' in globalThis ? (sessionStorage.getItem(ofTab) ?? undefined) : null;
if (tabPerson === undefined) bindTab(firstOfDevice());

/** Id of the person whose page this tab is; `''` where one is to sign in beside the others, `null` where nobody is. */
export const tabPersonId = (): string | null => tabPerson ?? null;

/** From now on the tab is this person's, also when it is loaded again. */
export function bindTab(personId: string | null): void {
  tabPerson = personId;
  if (personId === null) sessionStorage.removeItem(ofTab);
  else sessionStorage.setItem(ofTab, personId);
}

/** Nobody's any more. Where others are signed in, one is asked for; else the tab goes with whoever comes next. */
export function freeTab(): void {
  bindTab(firstOfDevice() === null ? null : '');
}

function firstOfDevice(): string | null {
  return knownAccounts().find(({ id }) => keptPerson(id) !== null)?.id ?? toPerson(read(former))?.id ?? null;
}

/** Whether the person is the one that releases before kept, whose key has no name yet. */
export function formerPerson(personId: string): SignedInPerson | null {
  const person = toPerson(read(former));
  return person?.id === personId ? person : null;
}

/** A person as it was kept; `null` for anything else. */
function toPerson(given: unknown): SignedInPerson | null {
  const { id, name, email } = (given ?? {}) as Partial<SignedInPerson>;
  return id && name && email ? { id, name, email } : null;
}

function read(item: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(item) ?? 'null');
  } catch {
    // Unreadable: as if it were not there.
    return null;
  }
}
