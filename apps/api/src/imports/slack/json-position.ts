/**
 * Where a text stops being JSON: 1-based line and column. `JSON.parse` says so only for long texts and quotes their
 * content in its message, so the place is found again with a small scanner that runs after a failure.
 */
export function jsonErrorPosition(text: string): { readonly line: number; readonly column: number } {
  const offset = firstBadOffset(text);
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: offset - lineStart + 1 };
}

const SPACE = /[ \t\n\r]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

type Expected = 'value' | 'value or ]' | 'key' | 'key or }' | 'colon' | 'comma or end';

function firstBadOffset(text: string): number {
  const open: ('[' | '{')[] = [];
  let expected: Expected = 'value';
  let at = 0;
  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match) at += match[0].length;
    return match !== null;
  };
  // A loop and not one pattern: a pattern that tries every way through an unfinished string never ends.
  const takeString = (): boolean => {
    if (text.charAt(at) !== '"') return false;
    let end = at + 1;
    while (end < text.length && text.charAt(end) !== '"') {
      ESCAPE.lastIndex = end;
      if (text.charAt(end) === '\\' && !ESCAPE.test(text)) return false;
      else if (text.charCodeAt(end) < 0x20) return false;
      end = text.charAt(end) === '\\' ? ESCAPE.lastIndex : end + 1;
    }
    if (end >= text.length) return false;
    at = end + 1;
    return true;
  };
  for (;;) {
    take(SPACE);
    if (at >= text.length) return at;
    const character = text.charAt(at);
    if (expected === 'colon') {
      if (character !== ':') return at;
      at += 1;
      expected = 'value';
    } else if (expected === 'comma or end') {
      const innermost = open.at(-1);
      if (character === ',' && innermost) {
        at += 1;
        expected = innermost === '[' ? 'value' : 'key';
      } else if ((character === ']' && innermost === '[') || (character === '}' && innermost === '{')) {
        at += 1;
        open.pop();
      } else return at;
    } else if ((expected === 'value or ]' && character === ']') || (expected === 'key or }' && character === '}')) {
      at += 1;
      open.pop();
      expected = 'comma or end';
    } else if (expected === 'key' || expected === 'key or }') {
      if (!takeString()) return at;
      expected = 'colon';
    } else if (character === '[' || character === '{') {
      at += 1;
      open.push(character);
      expected = character === '[' ? 'value or ]' : 'key or }';
    } else {
      if (!takeString() && !take(SCALAR)) return at;
      expected = 'comma or end';
    }
  }
}
