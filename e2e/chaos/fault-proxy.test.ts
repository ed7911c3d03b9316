import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openFaultProxy, type FaultProxy } from './fault-proxy.ts';

/** Says everything back, twice, so that an answer can be told from what was sent. */
let echo: Server;
let heard: string;
let proxy: FaultProxy;
const clients: Socket[] = [];

beforeEach(async () => {
  heard = '';
  echo = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      heard += String(bytes);
      socket.write(`${String(bytes)}${String(bytes)}`);
    });
  });
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
  proxy = await openFaultProxy([portOf(echo)], () => 0.5);
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await proxy.close();
  await new Promise((resolve) => echo.close(resolve));
});

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

async function join() {
  const socket = connect(proxy.port, '127.0.0.1');
  clients.push(socket);
  const client = { socket, got: '', closed: false, error: '' };
  socket.on('data', (bytes) => (client.got += String(bytes)));
  socket.on('error', (error: NodeJS.ErrnoException) => (client.error = error.code ?? ''));
  socket.on('close', () => (client.closed = true));
  await once(socket, 'connect');
  return client;
}
const says = async (client: Awaited<ReturnType<typeof join>>, text: string) => {
  client.socket.write(text);
  await vi.waitFor(() => expect(client.got).toBe(text + text));
};

test('passes everything on while the weather is fair', async () => {
  await says(await join(), 'hello');
  expect(proxy.server).toBe(portOf(echo));
  expect(Object.values(proxy.fired).every((times) => times === 0)).toBe(true);
});

test('a delay keeps the order', async () => {
  const client = await join();
  await says(client, '.');
  proxy.become({ kind: 'delay', ms: 60 });
  client.socket.write('a');
  await vi.waitFor(() => expect(proxy.fired.delay).toBe(1));
  proxy.become({ kind: 'fair' });
  client.socket.write('b');
  await vi.waitFor(() => expect(heard).toBe('.ab'));
});

test('what is lost comes late, and comes', async () => {
  let draws = 0;
  await proxy.close();
  // Two of three are lost.
  proxy = await openFaultProxy([portOf(echo)], () => ((draws += 1) % 3 === 0 ? 0.9 : 0.1));
  const client = await join();
  proxy.become({ kind: 'loss', odds: 0.3 });
  await says(client, 'hello');
  expect(proxy.fired.loss).toBeGreaterThan(0);
});

test.each([1, 3])('cuts a send after byte %i', async (byte) => {
  const client = await join();
  await says(client, '.');
  proxy.cutAt('send', byte);
  client.socket.write('hello');
  await vi.waitFor(() => expect(client.closed).toBe(true));
  expect(heard).toBe(`.${'hello'.slice(0, byte)}`);
  expect(proxy.fired.cutInSend).toBe(1);
});

test('cuts the answer to what is sent next, which has arrived whole', async () => {
  const client = await join();
  await says(client, '.');
  proxy.cutAt('answer', 7);
  client.socket.write('hello');
  await vi.waitFor(() => expect(client.closed).toBe(true));
  expect([heard, client.got]).toEqual(['.hello', '..hellohe']);
  expect(proxy.fired.cutInAnswer).toBe(1);
});

test('a line that is half open says nothing and is not closed; the next one is sound', async () => {
  const client = await join();
  await says(client, '.');
  proxy.halfOpen();
  client.socket.write('hello');
  await vi.waitFor(() => expect(proxy.fired.halfOpen).toBe(1));
  await says(await join(), 'after');
  expect(heard).toBe('.after');
  expect(client).toMatchObject({ closed: false, got: '..' });
});

test('while nothing can be reached, new lines hang too; later ones do not', async () => {
  proxy.become({ kind: 'unreachable' });
  const lost = await join();
  lost.socket.write('hello');
  await vi.waitFor(() => expect(proxy.fired.unreachable).toBe(1));
  proxy.become({ kind: 'fair' });
  await says(await join(), 'after');
  expect(heard).toBe('after');
  expect(lost.closed).toBe(false);
});

test('a portal answers with a page, and ends what is open', async () => {
  const before = await join();
  await says(before, '.');
  proxy.become({ kind: 'portal' });
  await vi.waitFor(() => expect(before.closed).toBe(true));
  const client = await join();
  client.socket.write('GET / HTTP/1.1\r\n\r\n');
  await vi.waitFor(() => expect(client.got).toContain('Free WiFi'));
  expect([proxy.fired.portal, heard]).toEqual([1, '.']);
});

test('resets', async () => {
  const client = await join();
  await says(client, '.');
  proxy.reset();
  await vi.waitFor(() => expect(client.error).toBe('ECONNRESET'));
  expect(proxy.fired.reset).toBe(1);
});

test('goes to the next server where one refuses', async () => {
  await proxy.close();
  const refusing = createServer();
  refusing.listen(0, '127.0.0.1');
  await once(refusing, 'listening');
  const port = portOf(refusing);
  await new Promise((resolve) => refusing.close(resolve));
  proxy = await openFaultProxy([port, portOf(echo)], () => 0);
  await says(await join(), 'first');
  await says(await join(), 'second');
  expect(heard).toBe('firstsecond');
});

test('ends a line that no server takes', async () => {
  await proxy.close();
  proxy = await openFaultProxy([], () => 0);
  const client = await join();
  await vi.waitFor(() => expect(client.closed).toBe(true));
});
