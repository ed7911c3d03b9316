/** Lets seeds run on an engine with a mistake in it, one mistake after the other, until a rule breaks. */
import { simulateMany } from './many.ts';
import { MUTATIONS } from './mutations.ts';

export interface Mutant {
  name: string;
  group: string;
  /** Seeds until it was caught; `null`: it never was. */
  seeds: number | null;
  /** What it broke. */
  rule: string | null;
}

export async function tryMutants(options: {
  /** Seeds for each of them at most. */
  seeds: number;
  workers: number;
  tried: (mutant: Mutant) => void;
}): Promise<Mutant[]> {
  const mutants: Mutant[] = [];
  for (const [name, { group }] of Object.entries(MUTATIONS)) {
    const { seeds, workers } = options;
    const { failures } = await simulateMany({ from: 1, seeds, workers, mutation: name, untilFailure: true });
    const [first] = failures;
    const mutant = { name, group, seeds: first?.seed ?? null, rule: first?.rule ?? null };
    mutants.push(mutant);
    options.tried(mutant);
  }
  return mutants;
}
