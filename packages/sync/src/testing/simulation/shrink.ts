/** Makes the plan of a seed that fails as short as it can be and still fail in the same way. */
import type { Plan } from './plan.ts';
import { simulate } from './simulate.ts';

export async function shrink(plan: Plan, rule: string): Promise<Plan> {
  const stillFails = async (shorter: Plan) => (await simulate(shorter)).failure?.rule === rule;
  let best = plan;
  const attempt = async (shorter: Plan): Promise<boolean> => {
    if (!(await stillFails(shorter))) return false;
    best = shorter;
    return true;
  };
  for (let before = Infinity; before > sizeOf(best);) {
    before = sizeOf(best);
    for (let chunk = Math.ceil(best.steps.length / 2); chunk >= 1; chunk = chunk === 1 ? 0 : Math.ceil(chunk / 2)) {
      for (let from = 0; from < best.steps.length;) {
        const steps = best.steps.filter((_step, index) => index < from || index >= from + chunk);
        if (!(await attempt({ ...best, steps }))) from += chunk;
      }
    }
    for (const smaller of smallerWorlds(best)) await attempt(smaller);
  }
  return best;
}

const sizeOf = ({ steps, people, apis, history }: Plan): number =>
  steps.length + 10 * people.flat().length + apis + history.reduce((sum, messages) => sum + messages, 0);

function smallerWorlds(plan: Plan): Plan[] {
  const { people, history } = plan;
  return [
    { ...plan, apis: 1 },
    { ...plan, history: history.map(() => 0) },
    { ...plan, history: history.map((messages) => Math.min(messages, 3)) },
    ...(people.length > 2 ? [{ ...plan, people: people.slice(0, -1) }] : []),
    ...people.flatMap((devices, index) =>
      devices.length > 1 ? [{ ...plan, people: people.with(index, devices.slice(0, 1)) }] : [],
    ),
    { ...plan, people: people.map((devices) => devices.map((device) => ({ ...device, old: false }))) },
    { ...plan, people: people.map((devices) => devices.map((device) => ({ ...device, tabs: 1 }))) },
  ];
}
