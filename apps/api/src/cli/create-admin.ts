import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { z } from 'zod';
import { chosenPassword } from '../accounts/password.ts';
import { personName } from '@parley/core/own-name';
import { emailAddress, organisationName } from '../accounts/people.ts';
import { setUpFirstAccount } from '../accounts/set-up.ts';
import { actsOn } from './acts-on.ts';
import { readArguments, UsageError, withInstallation, type Command, type Terminal } from './command.ts';

export const createAdmin: Command = {
  name: 'create-admin',
  usage: '--org NAME --name NAME --email EMAIL [--json]',
  summary:
    'Make the first organisation and its owner, without the set-up page. The password is read from standard input.',
  options: [
    ['--org NAME', 'Name of the organisation.'],
    ['--name NAME', 'Your name.'],
    ['--email EMAIL', 'Your address, with which you sign in.'],
    ['--json', 'Print one JSON object.'],
  ],
  async run(args, terminal) {
    const { values } = readArguments(args, {
      positionals: [],
      options: {
        org: { type: 'string' },
        name: { type: 'string' },
        email: { type: 'string' },
        json: { type: 'boolean' },
      },
    });
    const account = {
      organisationName: mustBe(organisationName, '--org', values.org),
      name: mustBe(personName, '--name', values.name),
      email: mustBe(emailAddress, '--email', values.email),
      password: mustBe(chosenPassword, 'The password', await readPassword(terminal)),
    };
    const made = await withInstallation(terminal, (_installation, db) => setUpFirstAccount(actsOn(db), account, null));
    if (values.json) terminal.say(JSON.stringify({ ok: true, ...made }));
    else terminal.say(`${account.name} owns ${account.organisationName} and signs in as ${account.email}.`);
  },
};

function mustBe<Output>(schema: z.core.$ZodType<Output>, option: string, value: string | undefined): Output {
  if (value === undefined) throw new UsageError(`${option} is missing.`);
  const parsed = z.core.safeParse(schema, value);
  if (parsed.success) return parsed.data;
  throw new UsageError(`${option} cannot be used: ${parsed.error.issues[0]?.message ?? 'it is not valid'}`);
}

/** One line of standard input; at a terminal it is not shown while it is typed. */
async function readPassword({ input, tell }: Terminal): Promise<string> {
  const isTerminal = input.isTTY === true;
  if (isTerminal) tell('Password (at least 10 characters, not shown):');
  const silence = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input, output: silence, terminal: isTerminal });
  // Without a listener Ctrl-C would pause the input for ever.
  lines.on('SIGINT', () => lines.close());
  try {
    for await (const line of lines) return line;
    return '';
  } finally {
    lines.close();
  }
}
