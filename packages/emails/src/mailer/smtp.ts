import { createTransport } from 'nodemailer';
import { MailFailed, mustBeOneMail, type Mail, type Mailer } from './mailer.ts';

/**
 * Sends over SMTP, one connection a mail. A password goes to another machine only over TLS, unless the URL ends with
 * `?requireTLS=false`.
 * @param options `url`: `smtp://user:password@host:587` or `smtps://…:465`; `from`: `Name <address>`
 */
export function createSmtpMailer({ url, from }: { url: string; from: string }): Mailer {
  const { username, hostname, searchParams } = new URL(url);
  const isGuarded = username !== '' && !loopback.test(hostname) && !searchParams.has('requireTLS');
  const transport = createTransport({
    url,
    ...(isGuarded && { requireTLS: true }),
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 20_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send(mail) {
      mustBeOneMail(mail);
      const { to, subject, html, text, headers = {} } = mail;
      const messageId = messageIdOf(mail, from);
      try {
        await transport.sendMail({ from, to, subject, html, text, headers: { ...headers }, messageId });
      } catch (error) {
        throw new MailFailed('The mail server did not take the mail.', { permanent: isPermanent(error), cause: error });
      }
    },
  };
}

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

function messageIdOf({ idempotencyKey }: Mail, from: string): string {
  const [, domain = 'localhost'] = /@([^\s<>]+)>?$/.exec(from) ?? [];
  return `<${idempotencyKey}@${domain}>`;
}

/** A 5xx about the recipient or the mail; one about signing in is the operator's to put right. */
function isPermanent(error: unknown): boolean {
  if (!(error instanceof Error) || !('responseCode' in error) || !('code' in error)) return false;
  return Number(error.responseCode) >= 500 && (error.code === 'EENVELOPE' || error.code === 'EMESSAGE');
}
