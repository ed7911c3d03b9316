import { StepError } from './run-quietly.mjs';

/** Runs a command to its exit code. What went wrong in a step is said in its words, everything else with its stack. */
export async function inWords(command) {
  try {
    process.exitCode = await command();
  } catch (error) {
    process.stderr.write(`${error instanceof StepError ? error.message : error.stack}\n`);
    process.exitCode = 1;
  }
}
