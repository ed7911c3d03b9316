import { expect, test } from 'vitest';
import { readCommonPasswords } from './common-passwords.ts';
import { chosenPassword, hashPassword, mustBeGoodPassword, PASSWORD_LENGTH, verifyPassword } from './password.ts';

const kim = { name: 'Kim Østergård', email: 'kim.o@harbour.example', organisations: ['Blue Lantern Ltd'] };

test.each([
  ['what many people have', 'qwertyuiop'],
  ['the same in other letters and with a space', 'Password1234 '],
  ['one character over and over', 'zzzzzzzzzzzz'],
  ['the name of the product', 'Parley2026!'],
  ['the address', 'Kim.O@harbour.example'],
  ['the own name', 'østergård-1'],
  ['words of the organisation', 'BlueLantern99'],
  ['a word that is known beside what many people have', 'parleyqwertyuiop'],
])('%s is refused', async (_what, password) => {
  await expect(mustBeGoodPassword(password, kim)).rejects.toMatchObject({ code: 'PASSWORD_TOO_WEAK' });
});

test.each([
  ['digits alone', '8249017563'],
  ['signs alone', '#(!_%*+,<?'],
  ['words alone', 'nine grey herons wade'],
  ['a word that is known in a sentence', 'a lantern beside two grey herons'],
  ['another alphabet', 'четыре фонаря у реки'],
])('%s will do: only guessing counts, not what it is made of', async (_what, password) => {
  await mustBeGoodPassword(password, kim);
  expect(chosenPassword.safeParse(password).success).toBe(true);
});

test('the list has far more than the 3,000 most used that could be chosen here', async () => {
  const common = await readCommonPasswords(PASSWORD_LENGTH.least);
  expect(common.size).toBeGreaterThan(40_000);
  expect([...common].filter(({ length }) => length < PASSWORD_LENGTH.least)).toEqual([]);
});

test('none of it is cut off or changed in case, up to what is refused as too long', async () => {
  const long = 'x'.repeat(PASSWORD_LENGTH.most - 1);
  const hash = await hashPassword(`${long}A`);
  expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(await verifyPassword({ hash, password: `${long}A` })).toBe(true);
  for (const password of [`${long}a`, `${long}B`, long]) {
    expect(await verifyPassword({ hash, password })).toBe(false);
  }
  expect(chosenPassword.safeParse(`${long}A`).success).toBe(true);
  expect(chosenPassword.safeParse(`${long}AA`).success).toBe(false);
});

test('the same characters are the same password on systems that write them differently', async () => {
  const hash = await hashPassword('caf\u00e9 by the sea');
  expect(await verifyPassword({ hash, password: 'cafe\u0301 by the sea' })).toBe(true);
});
