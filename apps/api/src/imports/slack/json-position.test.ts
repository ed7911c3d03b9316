import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonErrorPosition } from './json-position.ts';

test.each([
  ['', 1, 1],
  ['nothing', 1, 1],
  ['[1, 2', 1, 6],
  ['[1,\n 2,]', 2, 4],
  ['{"a" 1}', 1, 6],
  ['{a: 1}', 1, 2],
  ['{"a": 01}', 1, 8],
  ['[] []', 1, 4],
  ['[1}', 1, 3],
  ['["unfinished]', 1, 2],
  ['["bad \\x escape"]', 1, 2],
])('%j fails at %i:%i', (text, line, column) => {
  expect(jsonErrorPosition(text)).toEqual({ line, column });
});

test('finds a place exactly where JSON.parse finds a fault', () => {
  const almostJson = fc.tuple(fc.json(), fc.nat(), fc.constantFrom('', '"', ',', '}', ']', '\\', '0', '\n', 'x'));
  fc.assert(
    fc.property(almostJson, ([json, place, splice]) => {
      const at = place % (json.length + 1);
      const text = json.slice(0, at) + splice + json.slice(at + 1);
      const { column, line } = jsonErrorPosition(text);
      const atEnd =
        jsonErrorPosition(`${text}`) &&
        line === text.split('\n').length &&
        column === (text.split('\n').at(-1) ?? '').length + 1;
      // A sound text has its "fault" at the end, and so may an unfinished one.
      expect(isJson(text) ? atEnd : true).toBe(true);
      if (!atEnd) expect(isJson(text)).toBe(false);
    }),
  );
});

test('stays quick on a long unfinished string', () => {
  expect(jsonErrorPosition(`["${'a\\\\'.repeat(200_000)}`)).toEqual({ line: 1, column: 2 });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
