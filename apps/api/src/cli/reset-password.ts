import { issueReset } from '../accounts/password-reset.ts';
import { emailAddress } from '../accounts/people.ts';
import { readArguments, UsageError, withInstallation, type Command } from './command.ts';

export const resetPassword: Command = {
  name: 'reset-password',
  usage: 'EMAIL [--json]',
  summary: 'Make a link with which one person sets a new password, once, within an hour. Hand it over yourself.',
  options: [['--json', 'Print one JSON object.']],
  async run(args, terminal) {
    const { values, positionals } = readArguments(args, {
      positionals: ['EMAIL'],
      options: { json: { type: 'boolean' } },
    });
    const email = emailAddress.safeParse(positionals[0]);
    if (!email.success) throw new UsageError(`${positionals[0]} is not an e-mail address.`);
    await withInstallation(terminal, async ({ config }, db) => {
      const { token, name, expiresAt } = await issueReset(db, { email: email.data, now: Date.now() });
      const url = `${config.publicUrl}/reset-password#token=${token}`;
      if (values.json) terminal.say(JSON.stringify({ ok: true, url, expiresAt }));
      else {
        terminal.say(`${name} sets a new password with this link, once, within an hour:`);
        terminal.say(url);
      }
    });
  },
};
