import { CommandError, UsageError, type Command, type Terminal } from './command.ts';
import { connections } from './connections.ts';
import { createAdmin } from './create-admin.ts';
import { doctor } from './doctor.ts';
import { exportCommand } from './export.ts';
import { helpFor, helpForAll } from './help.ts';
import { importSlackCommand } from './import-slack.ts';
import { invite } from './invite.ts';
import { migrate } from './migrate.ts';
import { resetPassword } from './reset-password.ts';
import { seed } from './seed.ts';
import { signOut } from './sign-out.ts';

const commands: readonly Command[] = [
  connections,
  createAdmin,
  doctor,
  exportCommand,
  importSlackCommand,
  invite,
  migrate,
  resetPassword,
  seed,
  signOut,
];

/**
 * Runs one command. Resolves to the exit code: 0 done, 1 refused or failed, 2 called wrongly. With `--json`, standard
 * output is one JSON object in each case.
 */
export async function runCommandLine(args: readonly string[], terminal: Terminal): Promise<number> {
  const wantsHelp = args.length === 0 || args[0] === 'help' || args.includes('--help') || args.includes('-h');
  const words = args.filter((word) => !['help', '--help', '-h'].includes(word));
  const command = commands.find(({ name }) => name.split(' ').every((word, index) => words[index] === word));
  if (wantsHelp && (command || words.length === 0)) {
    terminal.say(command ? helpFor(command) : helpForAll(commands));
    return 0;
  }
  if (!command) {
    terminal.tell(`There is no command ${words.join(' ')}.\n\n${helpForAll(commands)}`);
    return 2;
  }
  try {
    const done = await command.run(args.slice(command.name.split(' ').length), terminal);
    return done === false ? 1 : 0;
  } catch (error) {
    return report(error, { command, terminal, asJson: args.includes('--json') });
  }
}

function report(
  error: unknown,
  { command, terminal, asJson }: { readonly command: Command; readonly terminal: Terminal; readonly asJson: boolean },
): number {
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : String(error);
  if (asJson) terminal.say(JSON.stringify({ ok: false, error: { code, message } }));
  if (error instanceof UsageError) {
    terminal.tell(`${message}\n\n${helpFor(command)}`);
    return 2;
  }
  terminal.tell(message);
  if (code === 'INTERNAL' && error instanceof Error) terminal.tell(error.stack ?? '');
  return 1;
}

/** Errors that were written for people carry a code; whatever else is thrown is a fault of the program. */
function codeOf(error: unknown): string {
  if (error instanceof UsageError) return 'USAGE';
  if (error instanceof CommandError) return error.code;
  if (!(error instanceof Error)) return 'INTERNAL';
  if (error.name === 'ConfigurationError') return 'CONFIGURATION';
  const isOurs = ['ImportError', 'ApiError', 'Refusal'].includes(error.name);
  return isOurs && 'code' in error ? String(error.code).toUpperCase() : 'INTERNAL';
}
