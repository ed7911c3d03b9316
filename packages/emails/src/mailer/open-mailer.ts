import { createCaughtMailer } from './caught.ts';
import type { Mailer } from './mailer.ts';
import { createResendMailer } from './resend.ts';
import { createSmtpMailer } from './smtp.ts';

export interface MailerOptions {
  /** `Name <address>`, or an address. */
  from: string;
  smtpUrl?: string;
  resendApiKey?: string;
  /** Where mail is kept while it goes nowhere. */
  caughtFolder: string;
}

/** The mailer that the configuration asks for; without one, mail is caught. */
export function openMailer({ from, smtpUrl, resendApiKey, caughtFolder }: MailerOptions): Mailer {
  if (smtpUrl !== undefined) return createSmtpMailer({ url: smtpUrl, from });
  if (resendApiKey !== undefined) return createResendMailer({ apiKey: resendApiKey, from });
  return createCaughtMailer({ folder: caughtFolder, from });
}
