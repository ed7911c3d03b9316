/** The way out for mail. Each adapter keeps the promises of `describeMailer` in `mailer.fixture.ts`. */

export interface Mail {
  /** One address, without a name. */
  to: string;
  subject: string;
  html: string;
  text: string;
  headers?: Readonly<Record<string, string>>;
  /**
   * The same for every attempt to send the same mail: letters, digits, `.`, `_` and `-`. A service that knows such keys
   * sends once; for the others it becomes the `Message-ID`, by which receivers drop the second copy.
   */
  idempotencyKey: string;
}

export interface Mailer {
  /** Resolves when the mail is in other hands. @throws MailFailed */
  send(mail: Mail): Promise<void>;
}

/** The mail was not taken, or nobody knows. */
export class MailFailed extends Error {
  override readonly name = 'MailFailed';
  /** Trying the same mail again is of no use: the address does not exist, or the mail is not one. */
  readonly permanent: boolean;
  constructor(message: string, options: ErrorOptions & { permanent: boolean }) {
    super(message, options);
    this.permanent = options.permanent;
  }
}

const address = /^[^\s<>,;:"()\\[\]@]+@[^\s<>,;:"()\\[\]@]+$/u;
const headerName = /^[A-Za-z][\w-]*$/;
const key = /^[\w.-]{1,200}$/;
const control = /[\p{Cc}\u2028\u2029]/u;

/**
 * Refuses what would become another mail than it says: a second recipient in the address, a header in the subject.
 * @throws MailFailed
 */
export function mustBeOneMail({ to, subject, headers = {}, idempotencyKey }: Mail): void {
  const sound =
    address.test(to) &&
    !control.test(to) &&
    !control.test(subject) &&
    Object.entries(headers).every(([name, value]) => headerName.test(name) && !control.test(value)) &&
    key.test(idempotencyKey);
  if (!sound) throw new MailFailed('This cannot be sent as a mail.', { permanent: true });
}
