import { endAllDevices, endDevices } from '../accounts/devices.ts';
import { readArguments, withInstallation, type Command } from './command.ts';
import { findAccount } from './find-account.ts';

export const signOut: Command = {
  name: 'sign-out',
  usage: '(EMAIL | --everyone) [--json]',
  summary: 'End all sessions of one person, or of everybody. Takes up to half a minute to reach open pages.',
  options: [
    ['--everyone', 'Sign everybody out.'],
    ['--json', 'Print one JSON object.'],
  ],
  async run(args, terminal) {
    const isEveryone = args.includes('--everyone');
    const { values, positionals } = readArguments(args, {
      positionals: isEveryone ? [] : ['EMAIL'],
      options: { everyone: { type: 'boolean' }, json: { type: 'boolean' } },
    });
    await withInstallation(terminal, async (_installation, db) => {
      const { length: ended } = isEveryone
        ? await endAllDevices(db)
        : await endDevices(db, { personId: (await findAccount(db, positionals[0])).id, except: null });
      if (values.json) terminal.say(JSON.stringify({ ok: true, ended }));
      else terminal.say(`Ended ${ended} ${ended === 1 ? 'session' : 'sessions'}.`);
    });
  },
};
