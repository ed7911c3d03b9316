import type { Database } from '@parley/db';
import type { Kysely } from 'kysely';
import { endAllDevices, endDevices } from '../accounts/devices.ts';
import { audit, auditAccount, OPERATOR } from '../audit/audit.ts';
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
      const ended = await db
        .transaction()
        .execute((tx) => (isEveryone ? signEverybodyOut(tx) : signOneOut(tx, positionals[0])));
      if (values.json) terminal.say(JSON.stringify({ ok: true, ended }));
      else terminal.say(`Ended ${ended} ${ended === 1 ? 'session' : 'sessions'}.`);
    });
  },
};

/** @returns how many sessions ended */
async function signOneOut(tx: Kysely<Database>, email: string | undefined): Promise<number> {
  const { id: personId } = await findAccount(tx, email);
  const { length } = await endDevices(tx, { personId, except: null });
  if (length > 0) {
    const told = { kind: 'signed_out', actor: OPERATOR, personId, subjectId: personId } as const;
    await auditAccount(tx, { ...told, details: { devices: length } });
  }
  return length;
}

async function signEverybodyOut(tx: Kysely<Database>): Promise<number> {
  const { length } = await endAllDevices(tx);
  const orgs = await tx.selectFrom('org').select('id').where('deleted', '=', false).execute();
  for (const { id: orgId } of orgs) {
    await audit(tx, { kind: 'signed_out', actor: OPERATOR, orgId, details: { everybody: true } });
  }
  return length;
}
