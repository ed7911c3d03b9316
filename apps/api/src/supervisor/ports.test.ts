import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { assertCanListen } from './ports.ts';

test('a taken port is named, with the next one to try', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as { port: number };
  await expect(assertCanListen({ host: '127.0.0.1', port })).rejects.toThrow(
    `Port ${port} is taken by another program. Choose another one: PORT=${port + 1} npm start`,
  );
  other.close();
  await once(other, 'close');
  await expect(assertCanListen({ host: '127.0.0.1', port })).resolves.toBeUndefined();
});

test('an address of another machine is named', async () => {
  await expect(assertCanListen({ host: '192.0.2.1', port: 3000 })).rejects.toThrow(
    'HOST 192.0.2.1 is not an address of this machine.',
  );
});
