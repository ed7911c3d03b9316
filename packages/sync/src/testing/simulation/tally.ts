/** What happened in a run: which faults struck, and which rules of SPEC.md were put to use. */
export class Tally {
  readonly faults: Record<string, number> = {};
  readonly rules: Record<string, number> = {};

  fault(name: string, times = 1): void {
    this.faults[name] = (this.faults[name] ?? 0) + times;
  }

  rule(id: string, times = 1): void {
    this.rules[id] = (this.rules[id] ?? 0) + times;
  }
}

export function addCounts(sum: Record<string, number>, more: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(more)) sum[name] = (sum[name] ?? 0) + count;
}
