/** What is to happen in the simulation of a seed: drawn before it begins, so that it can be made shorter. */
import { ACTS } from './acts.ts';
import { FAULTS, type Family } from './faults.ts';
import { Random } from './random.ts';

/** `a`, `b`, `c`: numbers in [0, 1) that say who, where and how much, whatever there is by then. */
export interface Step {
  at: number;
  name: string;
  a: number;
  b: number;
  c: number;
}

export interface Plan {
  seed: number;
  /** Devices of each person, and whether each is of the release before. */
  people: { old: boolean; tabs: number }[][];
  /** Organisations that each person can act for; where it is left out there are none, and no notes. */
  orgs?: string[][];
  apis: number;
  /** Messages that are there in each thread when it begins. */
  history: number[];
  steps: Step[];
  /** When everything heals. */
  healsAt: number;
  /** A row of a cache rots at the end, and nothing but an audit tells of it. */
  rots: boolean;
}

const NAMES = Object.keys(ACTS);
/** Acts that are more likely than others. */
const OFTEN = [
  'send',
  'send',
  'send',
  'send',
  'sendThree',
  'sendHeld',
  'sendDraft',
  'count',
  'edit',
  'like',
  'type',
  'type',
];

export function planOf(seed: number): Plan {
  const random = new Random(seed);
  const people = Array.from({ length: 2 + random.below(3) }, () =>
    Array.from({ length: random.chance(0.3) ? 2 : 1 }, () => ({
      old: random.chance(0.15),
      tabs: random.chance(0.35) ? 2 : 1,
    })),
  );
  const families = (Object.keys(FAULTS) as Family[]).filter(() => random.chance(0.4));
  const faults = families.flatMap((family) => Object.keys(FAULTS[family]));
  const healsAt = 8_000 + random.below(30_000);
  const isAboutMembers = random.chance(0.4);
  const steps = Array.from({ length: 12 + random.below(30) }, (): Step => {
    const isFault = faults.length > 0 && random.chance(0.35);
    const acts = random.chance(0.6)
      ? OFTEN
      : [
          ...NAMES,
          'withdraw',
          'retry',
          'discard',
          'bulk',
          ...(isAboutMembers ? ['invite', 'remove', 'read', 'read', 'read', 'retry', 'discard'] : []),
        ];
    const forgets = families.includes('forgetting') ? ['pin', 'unpin', 'bulk', 'bulk'] : [];
    const names = isFault ? faults : [...acts, ...forgets];
    return {
      at: 200 + random.below(healsAt - 200),
      name: names[random.below(names.length)] ?? 'send',
      a: random.next(),
      b: random.next(),
      c: random.next(),
    };
  });
  return withPartners({
    seed,
    people,
    apis: 1 + random.below(2),
    history: [random.chance(0.2) ? 60 + random.below(90) : random.below(6), random.below(4)],
    steps: steps.sort((a, b) => a.at - b.at),
    healsAt,
    rots: random.chance(0.01),
  });
}

/** Alice and Bob act for different organisations, at least in the first thread. */
const ORGS_OF: readonly [string[][], ...string[][][]] = [
  [['acme'], ['beta'], ['beta'], ['acme', 'beta']],
  [['acme'], ['beta', 'acme'], ['acme'], ['beta']],
  [['acme', 'beta'], ['beta'], ['acme'], ['acme']],
];
const AMONG_PARTNERS = [
  ...['note', 'note', 'note', 'note', 'note', 'note'],
  ...['editNote', 'deleteNote', 'actFor', 'actFor', 'invite', 'remove', 'olderNotes'],
];

/** Every third seed has partners, and notes in place of some acts; what is drawn for that moves nothing in the others. */
function withPartners(plan: Plan): Plan {
  if (plan.seed % 3 > 0) return plan;
  const random = new Random(~plan.seed);
  const orgs = random.pick(ORGS_OF);
  const steps = plan.steps.map((step) => {
    const isAct = step.name in ACTS && random.chance(0.4);
    return isAct ? { ...step, name: AMONG_PARTNERS[random.below(AMONG_PARTNERS.length)] ?? 'note' } : step;
  });
  return { ...plan, orgs, steps };
}
