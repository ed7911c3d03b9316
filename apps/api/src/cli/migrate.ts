import { readArguments, withInstallation, type Command } from './command.ts';

/** Opening an installation migrates it; this does so without starting it. */
export const migrate: Command = {
  name: 'migrate',
  usage: '',
  summary: 'Bring the database to the schema of this release. npm start does so too.',
  options: [],
  async run(args, terminal) {
    readArguments(args, { positionals: [], options: {} });
    await withInstallation(terminal, async () => terminal.say('The database has the newest schema.'));
  },
};
