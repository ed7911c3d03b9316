import { expect, test } from 'vitest';
import { seal, unseal } from './sealed.ts';

const [ours, theirs] = ['a secret of this installation', 'a secret of another one'];

test('opens for its owner in its installation, and for nobody else', () => {
  const sealed = seal(ours, { text: 'Grüße', owner: 'alice' });
  expect(sealed).not.toContain('Gr');
  expect(seal(ours, { text: 'Grüße', owner: 'alice' })).not.toBe(sealed);
  expect(unseal(ours, { sealed, owner: 'alice' })).toBe('Grüße');
  expect(() => unseal(ours, { sealed, owner: 'bob' })).toThrow();
  expect(() => unseal(theirs, { sealed, owner: 'alice' })).toThrow();
  expect(() => unseal(ours, { sealed: `${sealed.slice(0, -2)}AA`, owner: 'alice' })).toThrow();
});
