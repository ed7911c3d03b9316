/** Something that a rule forbids has happened. */
export class SimulationFailure extends Error {
  override readonly name = 'SimulationFailure';
  readonly rule: string;
  constructor(rule: string, message: string) {
    super(`[${rule}] ${message}`);
    this.rule = rule;
  }
}
