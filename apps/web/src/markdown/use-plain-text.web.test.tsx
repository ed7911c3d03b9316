import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import { expect, test, vi } from 'vitest';
import { usePlainText } from './use-plain-text.ts';

const alice = '0198c2f0-1111-7000-8000-000000000001';

test('a line is there at once with its names, and loses its marks when the parser has come', async () => {
  function Line() {
    const plainText = usePlainText();
    return plainText(`**now**\n\n<@${alice}> look <@0198c2f0-11`, () => 'Alice');
  }
  const place = document.createElement('p');
  document.body.append(place);
  flushSync(() => createRoot(place).render(<Line />));
  expect(place.textContent).toBe('**now** @Alice look');
  await vi.waitFor(() => expect(place.textContent).toBe('now @Alice look'));
});
