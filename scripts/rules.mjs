/** `npm run rules`: renews the table of rules and tests in packages/sync/SPEC.md, and says what is still wrong. */
import { checkRules, renewTable } from './checks/rules.mjs';

renewTable();
const { rules, problems } = checkRules();
process.stdout.write(problems.length > 0 ? `${problems.join('\n')}\n` : `${rules} rules, each quoted by a test.\n`);
process.exitCode = problems.length > 0 ? 1 : 0;
