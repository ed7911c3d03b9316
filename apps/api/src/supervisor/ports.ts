import { createServer } from 'node:net';

/** Throws in words if nobody could listen there: better than a server that dies five times. */
export async function assertCanListen({ host, port }: { host: string; port: number }): Promise<void> {
  const probe = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      probe.once('error', reject);
      probe.listen({ host, port, exclusive: true }, resolve);
    });
  } catch (error) {
    throw new Error(inWords(error as NodeJS.ErrnoException, host, port), { cause: error });
  } finally {
    probe.close();
  }
}

function inWords({ code, message }: NodeJS.ErrnoException, host: string, port: number): string {
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} is taken by another program. Choose another one: PORT=${port === 65_535 ? 3000 : port + 1} npm start`;
    case 'EACCES':
      return `Port ${port} is not open to this account. Choose one above 1023: PORT=3000 npm start`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `HOST ${host} is not an address of this machine.`;
    default:
      return `Nothing can listen on ${host}, port ${port}: ${message}`;
  }
}
