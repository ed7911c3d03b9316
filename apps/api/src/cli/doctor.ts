import { examine } from '../doctor/doctor.ts';
import { readArguments, type Command } from './command.ts';

export const doctor: Command = {
  name: 'doctor',
  usage: '[--json]',
  summary: 'Look the installation over and say what is wrong and how it is mended. Changes nothing.',
  options: [['--json', 'Print one JSON object.']],
  async run(args, terminal) {
    const { values } = readArguments(args, { positionals: [], options: { json: { type: 'boolean' } } });
    const findings = await examine(terminal.env);
    if (values.json) terminal.say(JSON.stringify({ ok: findings.length === 0, findings }));
    else {
      for (const { code, what, mend } of findings) terminal.say(`✗ ${what}\n  → ${mend}  [${code}]`);
      if (findings.length === 0) terminal.say('Nothing is wrong.');
    }
    return findings.length === 0;
  },
};
