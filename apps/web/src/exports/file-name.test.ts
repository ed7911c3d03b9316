import { expect, test } from 'vitest';
import { fileName } from './file-name.ts';

test.each([
  ['Berlin: depot/rota', 'Berlin depot rota.html'],
  ['../../etc/passwd', 'etc passwd.html'],
  ['\u202Egpj.exe', 'gpj exe.html'],
  ['Zürich — 東京', 'Zürich 東京.html'],
  ['…', 'Thread.html'],
  ['a'.repeat(300), `${'a'.repeat(80)}.html`],
])('%s becomes a name that every file system takes', (title, name) => {
  expect(fileName(title, 'html')).toBe(name);
});
