import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MailFailed, mustBeOneMail, type Mailer } from './mailer.ts';

/** Sends nothing: keeps each mail as a JSON file in `folder`, for its owner alone, since mails hold links that open doors. */
export function createCaughtMailer({ folder, from }: { folder: string; from: string }): Mailer {
  return {
    async send(mail) {
      mustBeOneMail(mail);
      const path = join(folder, `${mail.idempotencyKey}.json`);
      const draft = `${path}.${process.pid}`;
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        await writeFile(draft, `${JSON.stringify({ from, ...mail }, null, 2)}\n`, { mode: 0o600 });
        await rename(draft, path);
      } catch (error) {
        throw new MailFailed('The mail could not be written.', { permanent: false, cause: error });
      }
    },
  };
}
