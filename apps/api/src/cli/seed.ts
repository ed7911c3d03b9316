import { auditAccount, OPERATOR } from '../audit/audit.ts';
import { addDemo, removeDemo } from '../demo/demo.ts';
import { readArguments, withInstallation, type Command } from './command.ts';
import { actsOn } from './acts-on.ts';
import { findAccount } from './find-account.ts';

export const seed: Command = {
  name: 'seed',
  usage: '[--for EMAIL] [--remove] [--json]',
  summary: 'Make a demo workspace for one person: two organisations at work. Nobody else sees it.',
  options: [
    ['--for EMAIL', 'Whose it is; may be left out while there is only one account.'],
    ['--remove', 'Take it away instead, with whatever was written in it.'],
    ['--json', 'Print one JSON object.'],
  ],
  async run(args, terminal) {
    const { values } = readArguments(args, {
      positionals: [],
      options: {
        for: { type: 'string' },
        remove: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
    });
    await withInstallation(terminal, async (_installation, db) => {
      const account = await findAccount(db, values.for);
      const asker = { db, acts: actsOn(db), personId: account.id, now: Date.now() };
      await (values.remove ? removeDemo(asker) : addDemo(asker));
      const kind = values.remove ? 'demo_removed' : 'demo_made';
      await auditAccount(db, { kind, actor: OPERATOR, personId: account.id, subjectId: account.id });
      if (values.json) terminal.say(JSON.stringify({ ok: true, personId: account.id }));
      else if (values.remove) terminal.say(`${account.email} no longer has a demo workspace.`);
      else terminal.say(`${account.email} has a demo workspace. An open window shows it after a reload.`);
    });
  },
};
