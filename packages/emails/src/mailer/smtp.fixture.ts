/** A real SMTP server. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import PostalMime from 'postal-mime';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import type { Received } from './mailer.fixture.ts';

export interface SmtpService {
  url: string;
  port: number;
  received(): Promise<Received[]>;
  /** What it does with the next mails. `dropped`, `silent`: it takes them and hangs up, or never says so. */
  answer: 'taken' | 'busy' | 'unknown recipient' | 'refused' | 'dropped' | 'silent';
  stop(): Promise<void>;
}

export async function openSmtpService(options: SMTPServerOptions = {}): Promise<SmtpService> {
  const raw: { content: Buffer; to: string[] }[] = [];
  const refusal = (words: string, responseCode: number) => Object.assign(new Error(words), { responseCode });
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo(_address, _session, callback) {
      if (service.answer === 'unknown recipient') callback(refusal('No such mailbox', 550));
      else if (service.answer === 'busy') callback(refusal('Try again later', 451));
      else callback();
    },
    onData(stream, session, callback) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        if (service.answer === 'refused') return callback(refusal('Not such words', 554));
        raw.push({ content: Buffer.concat(chunks), to: session.envelope.rcptTo.map(({ address }) => address) });
        if (service.answer === 'taken') callback();
        else if (service.answer === 'dropped') for (const connection of connections) connection.close();
      });
    },
    ...options,
  });
  const connections = server.connections as unknown as Set<{ close(): void }>;
  // A connection that is cut is the tests' doing.
  server.on('error', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const { port } = server.server.address() as AddressInfo;
  const service: SmtpService = {
    url: `smtp://127.0.0.1:${port}`,
    port,
    answer: 'taken',
    received: () => Promise.all(raw.map(read)),
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
  return service;
}

async function read({ content, to }: { content: Buffer; to: string[] }): Promise<Received> {
  const { from, subject = '', html = '', text = '', headers, messageId = '' } = await PostalMime.parse(content);
  return {
    from: `${from?.name} <${from?.address}>`,
    to,
    subject,
    html,
    text,
    headers: new Map(headers.map(({ key, value }) => [key, value])),
    identity: messageId,
  };
}
