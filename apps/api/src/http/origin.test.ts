import { describe, expect, test } from 'vitest';
import { isOwnOrigin, mayChange } from './origin.ts';

describe('an origin', () => {
  test.each([
    // public address, Host of the request, Origin, ours?
    ['http://localhost:3000', 'localhost:3000', 'http://localhost:3000', true],
    ['http://localhost:3000', '127.0.0.1:3000', 'http://127.0.0.1:3000', true],
    ['http://localhost:3000', '192.168.1.7:3000', 'http://192.168.1.7:3000', true],
    ['http://localhost:3000', 'box.local:3000', 'http://box.local:3000', true],
    ['http://[::1]:3000', '[::1]:3000', 'http://[::1]:3000', true],
    ['http://localhost:3000', 'localhost:3000', 'http://127.0.0.1:3000', false],
    ['http://localhost:3000', 'localhost:3000', 'http://localhost:4000', false],
    ['http://localhost:3000', 'localhost:3000', 'https://localhost.evil.example', false],
    ['http://localhost:3000', null, 'http://192.168.1.7:3000', false],
    ['https://chat.example.org', 'chat.example.org', 'https://chat.example.org', true],
    ['https://chat.example.org', '10.0.0.1:3000', 'https://chat.example.org', true],
    ['https://chat.example.org', 'evil.example', 'http://evil.example', false],
    ['https://chat.example.org', 'chat.example.org', 'http://chat.example.org', false],
    ['https://chat.example.org', 'localhost:3000', 'http://localhost:3000', false],
    ['http://localhost.evil.example', 'x.example', 'http://x.example', false],
    ['http://localhost:3000', 'localhost:3000', 'null', false],
    ['http://localhost:3000', 'localhost:3000', '', false],
    ['http://localhost:3000', 'localhost:3000', 'http://localhost:3000/', false],
    ['http://localhost:3000', 'localhost:3000', 'http://user@localhost:3000', false],
    ['http://localhost:3000', 'localhost:3000', 'HTTP://LOCALHOST:3000', false],
  ])('public %s, asked at %s, from %s: %s', (publicUrl, host, origin, ours) => {
    expect(isOwnOrigin(origin, { publicUrl, host })).toBe(ours);
  });
});

test('a request without an origin is judged by what the browser says of its site, and passes where there is none', () => {
  const judge = (headers: Record<string, string>) => mayChange(new Headers(headers), 'http://localhost:3000');
  expect(judge({})).toBe(true);
  expect(judge({ 'sec-fetch-site': 'same-origin' })).toBe(true);
  expect(judge({ 'sec-fetch-site': 'same-site' })).toBe(false);
  expect(judge({ 'sec-fetch-site': 'cross-site' })).toBe(false);
  expect(judge({ 'sec-fetch-site': 'same-origin', origin: 'http://evil.example' })).toBe(false);
});
