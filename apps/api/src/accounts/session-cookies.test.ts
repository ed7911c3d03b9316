import { expect, test } from 'vitest';
import { PEOPLE_PER_BROWSER, PERSON_HEADER, SessionCookies } from './session-cookies.ts';

const name = '__Secure-parley.session_token';
const cookies = new SessionCookies({ name, isSecure: true, maxAge: 60 });
const id = (n: number) => `01920000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const headersWith = (cookie: string, person?: string) =>
  new Headers({ cookie, ...(person !== undefined && { [PERSON_HEADER]: person }) });

test('only session cookies are looked at, and no more than a browser can have', () => {
  const strange = [`other=1`, `${name}x=1`, `${name}.somebody=1`, 'parley.session_token=1', name];
  expect(cookies.carried(headersWith(strange.slice(0, 4).join('; ')))).toEqual([]);
  const many = Array.from({ length: 50 }, (_, n) => `${name}.${id(n)}=a=b`).join('; ');
  const carried = cookies.carried(headersWith(many));
  expect(carried).toHaveLength(PEOPLE_PER_BROWSER + 2);
  expect(carried[0]).toEqual({ name: `${name}.${id(0)}`, value: 'a=b', personId: id(0) });
});

test('of the cookies, those are meant that are the person named, or were made before there were names', () => {
  const all = `${name}=old; ${name}.${id(1)}=one; ${name}.${id(2)}=two`;
  const values = (person?: string) => cookies.meant(headersWith(all, person)).map(({ value }) => value);
  expect(values(id(1))).toEqual(['old', 'one']);
  expect(values(id(3))).toEqual(['old']);
  expect(values()).toEqual(['old', 'one', 'two']);
});

test('what is renamed and taken back travels over TLS alone', () => {
  const told = new Headers();
  cookies.rename({ name, value: 'signed.value', personId: null }, id(1), told);
  expect(told.getSetCookie()).toEqual([
    `${name}.${id(1)}=signed.value; Max-Age=60; Path=/; HttpOnly; SameSite=Lax; Secure`,
    `${name}=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax; Secure`,
  ]);
});
