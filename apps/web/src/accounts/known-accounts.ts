/** Whose data is on this device: each in databases of their own, one of them signed in at a time. */

import { toPerson, type SignedInPerson } from './session.ts';

const key = 'parley.accounts';

/** The one used last comes first. */
export function knownAccounts(): readonly SignedInPerson[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? '[]');
    return Array.isArray(kept) ? kept.flatMap((entry) => toPerson(entry) ?? []) : [];
  } catch {
    return [];
  }
}

export function rememberAccount(person: SignedInPerson): void {
  keep([person, ...knownAccounts().filter(({ id }) => id !== person.id)]);
}

export function forgetAccount(personId: string): void {
  keep(knownAccounts().filter(({ id }) => id !== personId));
}

function keep(accounts: readonly SignedInPerson[]): void {
  if (accounts.length === 0) localStorage.removeItem(key);
  else localStorage.setItem(key, JSON.stringify(accounts));
}
