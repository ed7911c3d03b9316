/** Frames that no client of ours sends: each is answered or ends its own connection, and nothing else. */
import { PROTOCOL_VERSION } from '@parley/sync/protocol';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { CLOSE, CONTINUATION, frameOf, PING, PONG, RawSocket, TEXT } from '../testing/raw-socket.ts';
import type { Socket } from '../testing/socket.ts';
import { stored } from '../testing/stored.ts';
import { makeCast, PASSWORD, startTestServer, type Cast, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
let cast: Cast;
/** Somebody else's connection, which must not notice anything. */
let bystander: Socket;
beforeAll(async () => {
  server = await startTestServer();
  cast = await makeCast(server.services);
  bystander = await (await server.browser().signIn(cast.bob, PASSWORD)).connect();
});
afterEach(async () => {
  expect((await bystander.call('query', 'accounts.session')).data).toMatchObject({ person: { name: 'Bob' } });
});
afterAll(() => server.stop());

describe('a malformed call', () => {
  const call = (changes: object) =>
    JSON.stringify({ id: 1, method: 'mutation', params: { path: 'sync.pull', input: {} }, ...changes });
  const frames: [string, string | Buffer][] = [
    ['empty', ''],
    ['white space', '  '],
    ['not JSON', 'hello'],
    ['half of JSON', '{"id":1,"method":'],
    ['two JSON texts', `${call({})}${call({})}`],
    ['a string', '"x"'],
    ['a number', '42'],
    ['null', 'null'],
    ['true', 'true'],
    ['an empty object', '{}'],
    ['an empty batch', '[]'],
    ['a batch of nulls', '[null,null]'],
    ['a batch in a batch', `[[${call({})}]]`],
    ['a batch of ten thousand', `[${Array.from({ length: 10_000 }, () => '1').join(',')}]`],
    ['no id', call({ id: undefined })],
    ['id null', call({ id: null })],
    ['id an object', call({ id: {} })],
    ['id true', call({ id: true })],
    ['no method', call({ method: undefined })],
    ['an unknown method', call({ method: 'delete' })],
    ['a method of Object', call({ method: 'constructor' })],
    ['method a number', call({ method: 1 })],
    ['no params', call({ params: undefined })],
    ['params null', call({ params: null })],
    ['params a list', call({ params: [] })],
    ['params without a path', call({ params: { input: {} } })],
    ['path a number', call({ params: { path: 1 } })],
    ['path empty', call({ params: { path: '' } })],
    ['path unknown', call({ params: { path: 'sync.nothing' } })],
    ['path __proto__', call({ params: { path: '__proto__' } })],
    ['path of a prototype', call({ params: { path: 'sync.constructor' } })],
    ['path of inner parts', call({ params: { path: '_def.procedures' } })],
    ['path very long', call({ params: { path: 'x'.repeat(100_000) } })],
    ['a query of a mutation', call({ method: 'query' })],
    ['a subscription of a mutation', call({ method: 'subscription' })],
    ['a mutation of a subscription', call({ params: { path: 'sync.live', input: {} } })],
    ['another JSON-RPC', call({ jsonrpc: '1.0' })],
    ['lastEventId a number', call({ params: { path: 'sync.live', lastEventId: 1 } })],
    ['deep nesting', `${'['.repeat(5_000)}${']'.repeat(5_000)}`],
    ['bytes', Buffer.from([0, 1, 2, 255])],
    ['JSON as bytes', Buffer.from(call({}))],
    [
      'input with __proto__',
      '{"id":1,"method":"mutation","params":{"path":"sync.pull","input":{"__proto__":{"personId":1}}}}',
    ],
    ['stopping what never began', JSON.stringify({ id: 77, method: 'subscription.stop' })],
  ];

  test.each(frames)('%s: is answered with a code or ignored, and the socket lives on', async (name, frame) => {
    const socket = await (await server.browser().signIn(cast.alice, PASSWORD)).connect();
    const before = await stored(server.services.db);
    socket.sendRaw(frame);
    if (name !== 'stopping what never began') {
      const { error } = await socket.frame((answer) => answer.error !== undefined);
      expect(error?.data['code']).toMatch(/^(PARSE_ERROR|NOT_FOUND|INVALID|METHOD_NOT_SUPPORTED|BAD_REQUEST)$/);
    }
    const alive = await socket.call('query', 'accounts.session');
    expect(alive.data).toMatchObject({ person: { name: 'Alice' } });
    expect(await stored(server.services.db)).toEqual(before);
    socket.close();
  });

  test('of a batch of twelve, ten are answered and two refused, each under its id', async () => {
    const socket = await (await server.browser().signIn(cast.alice, PASSWORD)).connect();
    const ids = Array.from({ length: 12 }, (_, index) => `call ${index + 1}`);
    socket.sendRaw(JSON.stringify(ids.map((id) => ({ id, method: 'query', params: { path: 'accounts.session' } }))));
    const codes = await Promise.all(
      ids.map(async (id) => (await socket.frame((frame) => frame.id === id)).error?.data['code']),
    );
    expect(codes).toEqual([...Array.from({ length: 10 }, () => undefined), 'BATCH_TOO_LARGE', 'BATCH_TOO_LARGE']);
    socket.close();
  });

  test('the id of a stream that is open is taken: the stream lives on', async () => {
    const socket = await (await server.browser().signIn(cast.alice, PASSWORD)).connect();
    const input = { protocol: PROTOCOL_VERSION, personId: cast.alice.personId, clientId: uuidv7() };
    const open = JSON.stringify({ id: 'x', method: 'subscription', params: { path: 'sync.live', input } });
    socket.sendRaw(open);
    await socket.frame(({ id, result }) => id === 'x' && result?.type === 'data');
    socket.sendRaw(open);
    const { error } = await socket.frame((frame) => frame.error !== undefined);
    expect(error?.data['code']).toBe('BAD_REQUEST');
    expect((await socket.call('query', 'accounts.session')).data).toMatchObject({ person: { name: 'Alice' } });
    socket.close();
  });

  test('that is larger than a megabyte ends the socket, and nothing else', async () => {
    const socket = await (await server.browser().signIn(cast.alice, PASSWORD)).connect();
    socket.sendRaw(`"${'x'.repeat(1_100_000)}"`);
    expect((await socket.closed()).code).toBe(1009);
    expect((await server.browser().fetch('/healthz')).status).toBe(200);
  });
});

const PROTOCOL_FAULT = 1002;
const NOT_TEXT = 1007;
const TOO_BIG = 1009;

describe('bytes that are no frame of a client', () => {
  const code = (number: number, words: string | Buffer = '') =>
    frameOf(Buffer.concat([Buffer.from([number >> 8, number & 0xff]), Buffer.from(words)]), { opcode: CLOSE });
  const noUtf8 = Buffer.from([0x22, 0xc3, 0x28, 0x22]);
  const part = (payload: string | Buffer, opcode: number) => frameOf(payload, { opcode, final: false });
  const end = (payload: string | Buffer) => frameOf(payload, { opcode: CONTINUATION });

  test.each<[string, number, Buffer[]]>([
    ['text that is not masked', PROTOCOL_FAULT, [frameOf('{}', { masked: false })]],
    ['compressed, which nobody agreed on', PROTOCOL_FAULT, [frameOf('{}', { reserved: 4 })]],
    ['the second reserved bit', PROTOCOL_FAULT, [frameOf('{}', { reserved: 2 })]],
    ['the third reserved bit', PROTOCOL_FAULT, [frameOf('{}', { reserved: 1 })]],
    ['a reserved kind of data', PROTOCOL_FAULT, [frameOf('{}', { opcode: 0x3 })]],
    ['a reserved kind of control', PROTOCOL_FAULT, [frameOf('', { opcode: 0xb })]],
    ['a ping in two parts', PROTOCOL_FAULT, [part('', PING)]],
    ['a ping of 126 bytes', PROTOCOL_FAULT, [frameOf('x'.repeat(126), { opcode: PING })]],
    ['a ping that is not masked', PROTOCOL_FAULT, [frameOf('', { opcode: PING, masked: false })]],
    ['the rest of what never began', PROTOCOL_FAULT, [end('{}')]],
    ['a text within a text', PROTOCOL_FAULT, [part('{', TEXT), frameOf('{}')]],
    ['a request of HTTP', PROTOCOL_FAULT, [Buffer.from('GET / HTTP/1.1\r\n\r\n')]],
    ['a close of one byte', PROTOCOL_FAULT, [frameOf('x', { opcode: CLOSE })]],
    ['a close with 999', PROTOCOL_FAULT, [code(999)]],
    ['a close with 1005, which is never sent', PROTOCOL_FAULT, [code(1005)]],
    ['a close with 1006, which is never sent', PROTOCOL_FAULT, [code(1006)]],
    ['a close with 65535', PROTOCOL_FAULT, [code(65_535)]],
    ['a close whose words are not text', NOT_TEXT, [code(1000, noUtf8)]],
    ['text that is not UTF-8', NOT_TEXT, [frameOf(noUtf8)]],
    ['UTF-8 that breaks off', NOT_TEXT, [frameOf(Buffer.from([0x22, 0xe2, 0x82]))]],
    ['half a surrogate pair as UTF-8', NOT_TEXT, [frameOf(Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]))]],
    ['text in parts that are not UTF-8 together', NOT_TEXT, [part(Buffer.from([0x22, 0xe2]), TEXT), end('"')]],
    ['a length beyond every number', TOO_BIG, [frameOf('', { length: 2n ** 63n - 1n })]],
    ['a length of which nothing comes', TOO_BIG, [frameOf('', { length: 4_000_000n })]],
    ['parts that are too long together', TOO_BIG, [part('x'.repeat(600_000), TEXT), end('x'.repeat(600_000))]],
  ])('%s: closed with %i', async (_name, expected, frames) => {
    const browser = await server.browser().signIn(cast.alice, PASSWORD);
    const before = await stored(server.services.db);
    const socket = await RawSocket.open({ port: server.port, browser });
    socket.write(...frames);
    expect(await socket.closeCode()).toBe(expected);
    expect(await stored(server.services.db)).toEqual(before);
    socket.cut();
  });

  const session = JSON.stringify({ id: 1, method: 'query', params: { path: 'accounts.session' } });
  const mute = frameOf(session);
  test.each<[string, Buffer[]]>([
    [
      'a call of one byte a frame',
      [part('', TEXT), ...Array.from(session, (byte) => part(byte, CONTINUATION)), end('')],
    ],
    [
      'a call with a ping in its middle',
      [part(session.slice(0, 9), TEXT), frameOf('?', { opcode: PING }), end(session.slice(9))],
    ],
    ['ten pings first', [...Array.from({ length: 10 }, () => frameOf('?', { opcode: PING })), mute]],
    [
      'a thousand pongs that nobody asked for',
      [...Array.from({ length: 1_000 }, () => frameOf('', { opcode: PONG })), mute],
    ],
    ['a length with more bytes than it needs', [frameOf(session, { length: BigInt(session.length) })]],
  ])('%s: strange, but answered', async (_name, frames) => {
    const browser = await server.browser().signIn(cast.alice, PASSWORD);
    const socket = await RawSocket.open({ port: server.port, browser });
    socket.write(...frames);
    const answer = await socket.next(TEXT);
    if (!answer) throw new Error(`closed with ${await socket.closeCode()}`);
    expect(JSON.parse(String(answer))).toMatchObject({
      result: { data: { person: { name: 'Alice' } } },
    });
    socket.cut();
  });

  test('a flood of pings, whose answers nobody takes, is cut off', async () => {
    const browser = await server.browser().signIn(cast.alice, PASSWORD);
    const socket = await RawSocket.open({ port: server.port, browser });
    socket.write(...Array.from({ length: 10_000 }, () => frameOf('?', { opcode: PING })));
    expect(await socket.closeCode()).toBeUndefined();
  });

  test('a line that is cut within a frame, or that goes on after its close, leaves nothing behind', async () => {
    const browser = await server.browser().signIn(cast.alice, PASSWORD);
    const cut = await RawSocket.open({ port: server.port, browser });
    cut.write(mute.subarray(0, 9));
    cut.cut();
    const closed = await RawSocket.open({ port: server.port, browser });
    closed.write(code(1000), mute);
    expect(await closed.closeCode()).toBe(1000);
    expect(await closed.next(TEXT)).toBeUndefined();
  });
});
