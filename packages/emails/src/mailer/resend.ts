import { Resend, type ErrorResponse } from 'resend';
import { MailFailed, mustBeOneMail, type Mailer } from './mailer.ts';

/** Sends through Resend, which remembers idempotency keys for a day. @param options `baseUrl`: its API, for tests */
export function createResendMailer(options: { apiKey: string; from: string; baseUrl?: string }): Mailer {
  const { apiKey, from, baseUrl = 'https://api.resend.com' } = options;
  const resend = new Resend(apiKey, { baseUrl });
  return {
    async send(mail) {
      mustBeOneMail(mail);
      const { idempotencyKey, headers = {}, ...content } = mail;
      const { error } = await resend.emails.send(
        { from, ...content, headers: { ...headers } },
        { idempotencyKey, signal: AbortSignal.timeout(30_000) },
      );
      if (error && !isSentAlready(error)) {
        throw new MailFailed(`Resend did not take the mail: ${error.name}.`, {
          permanent: error.statusCode === 400 || error.statusCode === 422,
          cause: error,
        });
      }
    },
  };
}

/** The key came with other words before, such as a name that has changed since: that mail is on its way. */
const isSentAlready = ({ name }: ErrorResponse): boolean => name === 'invalid_idempotent_request';
