/** What every mailer promises, and the services that mail goes to in tests. */
import { expect, onTestFinished, test } from 'vitest';
import { MailFailed, type Mail, type Mailer } from './mailer.ts';

export interface Received {
  from: string;
  to: string[];
  subject: string;
  html: string;
  text: string;
  /** By lower-case name. */
  headers: ReadonlyMap<string, string>;
  /** By which a receiver knows two copies of a mail. */
  identity: string;
}

export interface Service {
  mailer: Mailer;
  received(): Promise<Received[]>;
  /** Refuses mail until the function that it returns is called. */
  refuse(): Promise<() => Promise<void>>;
  stop(): Promise<void>;
}

export const FROM = 'Parley <parley@chat.example.org>';

export const sampleMail: Mail = {
  to: 'bob@example.org',
  subject: 'Zoë invites you to Åcme 🎉',
  html: '<p>Hello, <b>Bob</b>.</p>',
  text: 'Hello, Bob.\n\n.\nA line with a dot alone, and a long one: ' + 'word '.repeat(300),
  headers: { 'Auto-Submitted': 'auto-generated' },
  idempotencyKey: 'invitation-1',
};

/** Ways to make of one mail another. */
const injections: [what: string, change: Partial<Mail>][] = [
  ['a second recipient', { to: 'bob@example.org, dave@example.org' }],
  ['a second recipient after a semicolon', { to: 'bob@example.org;dave@example.org' }],
  ['a recipient with a name', { to: 'Bob <bob@example.org>' }],
  ['a group', { to: 'friends:bob@example.org' }],
  ['a header in the address', { to: 'bob@example.org\r\nBcc: dave@example.org' }],
  ['a command in the address', { to: 'bob@example.org>\r\nRCPT TO:<dave@example.org' }],
  ['no address', { to: '' }],
  ['a header in the subject', { subject: 'Hello\r\nBcc: dave@example.org' }],
  ['a bare line feed in the subject', { subject: 'Hello\nBcc: dave@example.org' }],
  ['a line separator in the subject', { subject: 'Hello\u2028Bcc: dave@example.org' }],
  ['a header in a header', { headers: { 'List-Id': 'acme\r\nBcc: dave@example.org' } }],
  ['a header in the name of a header', { headers: { 'Bcc: dave@example.org\r\nX': 'y' } }],
  ['a path or header in the key', { idempotencyKey: '../../x\r\nBcc: dave@example.org' }],
];

/** The acceptance suite of the port: every adapter passes it. */
export function describeMailer(open: () => Promise<Service>): void {
  async function openService(): Promise<Service> {
    const service = await open();
    onTestFinished(() => service.stop());
    return service;
  }

  test('hands over a mail as it is: addresses, subject, both parts, headers', async () => {
    const { mailer, received } = await openService();
    await mailer.send(sampleMail);
    const [only, ...others] = await received();
    expect(others).toEqual([]);
    expect(only).toMatchObject({ from: FROM, to: [sampleMail.to], subject: sampleMail.subject });
    expect(only?.html.trim()).toBe(sampleMail.html);
    expect(only?.text.replaceAll('\r\n', '\n').trim()).toBe(sampleMail.text.trim());
    expect(only?.headers.get('auto-submitted')).toBe('auto-generated');
  });

  test('two attempts at one mail arrive as one, two mails as two', async () => {
    const { mailer, received } = await openService();
    const identities = async () => new Set((await received()).map(({ identity }) => identity)).size;
    await mailer.send(sampleMail);
    await mailer.send(sampleMail);
    expect(await identities()).toBe(1);
    await mailer.send({ ...sampleMail, idempotencyKey: 'invitation-2' });
    expect(await identities()).toBe(2);
  });

  test('a service that does not take mail now is worth another attempt', async () => {
    const { mailer, received, refuse } = await openService();
    const relent = await refuse();
    expect(await failure(mailer.send(sampleMail))).toMatchObject({ permanent: false });
    expect(await received()).toEqual([]);
    await relent();
    await mailer.send(sampleMail);
    expect(await received()).toHaveLength(1);
  });

  test.each(injections)('refuses %s for good', async (_what, change) => {
    const { mailer, received } = await openService();
    expect(await failure(mailer.send({ ...sampleMail, ...change }))).toMatchObject({ permanent: true });
    expect(await received()).toEqual([]);
  });
}

/** What it failed with. */
export async function failure(sending: Promise<void>): Promise<MailFailed> {
  const error: unknown = await sending.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(MailFailed);
  return error as MailFailed;
}
