import { parseArgs, type ParseArgsConfig } from 'node:util';
import { openDatabase, type Database } from '@parley/db';
import type { Kysely } from 'kysely';
import type { Environment } from '../env.ts';
import { openInstallation, type Installation } from '../supervisor/installation.ts';

/** One command of the command line. */
export interface Command {
  /** Words that call it: `import slack`. */
  readonly name: string;
  /** What follows the name, as it is shown in the help. */
  readonly usage: string;
  readonly summary: string;
  /** A line for each option: how it is written, what it does. */
  readonly options: readonly (readonly [option: string, meaning: string])[];
  /**
   * Resolves to `false` where the answer itself is bad news; throws `UsageError` or `CommandError`, or another error that
   * says what happened.
   */
  run(args: readonly string[], terminal: Terminal): Promise<boolean | void>;
}

/** Where a command hears and speaks. */
export interface Terminal {
  readonly env: Environment;
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  /** A line of the result, to standard output. */
  readonly say: (line: string) => void;
  /** A line about the work or an error, to standard error. */
  readonly tell: (line: string) => void;
}

/** The command was called in a way it does not know. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The command refuses, and says why and what to do. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** Reads options and exactly the named positional arguments. @throws UsageError */
export function readArguments<const Options extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  { positionals, options }: { readonly positionals: readonly string[]; readonly options: Options },
) {
  const parsed = inWords(() => parseArgs({ args: [...args], options, allowPositionals: true, strict: true }));
  const missing = positionals[parsed.positionals.length];
  if (missing !== undefined) throw new UsageError(`${missing} is missing.`);
  const extra = parsed.positionals[positionals.length];
  if (extra !== undefined) throw new UsageError(`${extra} is one argument too many.`);
  return parsed;
}

function inWords<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    // The first sentence names the option; the rest is advice for programmers.
    const message = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${message.split(/\.\s|\n/)[0]?.replace(/\.$/, '') ?? message}.`);
  }
}

/** Runs `work` on the installation that the environment describes, which is started for it if it is not running. */
export async function withInstallation<Result>(
  { env, tell }: Terminal,
  work: (installation: Installation, db: Kysely<Database>) => Promise<Result>,
): Promise<Result> {
  const installation = await openInstallation({ env, log: tell });
  try {
    const database = openDatabase(installation.databaseUrl, {
      sees: 'everything',
      connections: 2,
      statementTimeoutMs: 0,
    });
    try {
      return await work(installation, database.kysely);
    } finally {
      await database.close();
    }
  } finally {
    await installation.close();
  }
}
