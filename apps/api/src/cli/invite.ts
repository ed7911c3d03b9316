import { ROLES, type Role } from '@parley/core/organisations';
import { OPERATOR } from '../audit/audit.ts';
import { emailAddress } from '../accounts/people.ts';
import { inviteToOrganisation } from '../organisations/invitations.ts';
import { chooseOrganisation } from './choose-organisation.ts';
import { readArguments, UsageError, withInstallation, type Command } from './command.ts';

export const invite: Command = {
  name: 'invite',
  usage: 'EMAIL [--role ROLE] [--org ORG] [--json]',
  summary: 'Make a link with which one person joins an organisation, and mail it.',
  options: [
    ['--role ROLE', `One of ${ROLES.join(', ')}; member unless said otherwise.`],
    ['--org ORG', 'Id or name of the organisation; may be left out while there is only one.'],
    ['--json', 'Print one JSON object.'],
  ],
  async run(args, terminal) {
    const { values, positionals } = readArguments(args, {
      positionals: ['EMAIL'],
      options: { role: { type: 'string', default: 'member' }, org: { type: 'string' }, json: { type: 'boolean' } },
    });
    const email = emailAddress.safeParse(positionals[0]);
    if (!email.success) throw new UsageError(`${positionals[0]} is not an e-mail address.`);
    const role = mustBeRole(values.role);
    await withInstallation(terminal, async ({ config, secrets }, db) => {
      const { id: orgId, name } = await chooseOrganisation(db, values.org);
      const { token, expiresAt } = await inviteToOrganisation(db, {
        inviter: OPERATOR,
        orgId,
        email: email.data,
        role,
        authSecret: secrets.authSecret,
        now: Date.now(),
      });
      const url = `${config.publicUrl}/invitation/${token}`;
      if (values.json) terminal.say(JSON.stringify({ ok: true, url, expiresAt }));
      else {
        terminal.say(`${email.data} joins ${name} with this link, once, until ${new Date(expiresAt).toDateString()}:`);
        terminal.say(url);
      }
    });
  },
};

function mustBeRole(text: string): Role {
  const role = ROLES.find((known) => known === text);
  if (!role) throw new UsageError(`There is no role ${text}: choose one of ${ROLES.join(', ')}.`);
  return role;
}
