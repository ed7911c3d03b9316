import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { audit, OPERATOR } from '../audit/audit.ts';
import { exportOrganisation } from '../exports/export-organisation.ts';
import { chooseOrganisation } from './choose-organisation.ts';
import { CommandError, readArguments, withInstallation, type Command } from './command.ts';

export const exportCommand: Command = {
  name: 'export',
  usage: 'FOLDER [--org ORG] [--json]',
  summary: 'Write all that an organisation owns into a new folder: data, and pages to read.',
  options: [
    ['--org ORG', 'Id or name of the organisation; may be left out while there is only one.'],
    ['--json', 'Print one JSON object.'],
  ],
  async run(args, terminal) {
    const { values, positionals } = readArguments(args, {
      positionals: ['FOLDER'],
      options: { org: { type: 'string' }, json: { type: 'boolean' } },
    });
    const folder = resolve(positionals[0] ?? '');
    await withInstallation(terminal, async (_installation, db) => {
      const organisation = await chooseOrganisation(db, values.org);
      await makeFolder(folder);
      // Told first: what was begun has left the database, also where it was cut short.
      await audit(db, { kind: 'exported', actor: OPERATOR, orgId: organisation.id });
      const counts = await exportOrganisation(db, { organisation, folder, now: Date.now() });
      if (values.json) terminal.say(JSON.stringify({ ok: true, folder, ...counts }));
      else {
        const { people, threads, messages, notes } = counts;
        terminal.say(
          `${organisation.name}: ${people} people, ${threads} threads, ${messages} messages and ${notes} notes in ${folder}.`,
        );
      }
    });
  },
};

/** For nobody else on the machine. @throws CommandError `FOLDER_EXISTS` */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new CommandError('FOLDER_EXISTS', `${folder} is there already. Name a folder that is not.`);
  }
}
