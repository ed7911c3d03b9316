import { v7 as newId } from 'uuid';
import type { Fleet } from './fleet.ts';
import type { SignedIn } from './people.ts';
import { shuffled, type Random } from './random.ts';

/** People in a thread, besides the one thread of all. */
const THREAD_SIZE = 12;

/** One thread of all, and smaller ones. @returns the one of all */
export async function startThreads(fleet: Fleet, people: readonly SignedIn[], random: Random): Promise<string> {
  const everybody = [...new Set(people.map(({ personId }) => personId))];
  const [owner = ''] = everybody;
  const ofAll = newId();
  await fleet.startThread(owner, ofAll, everybody);
  for (let made = 0; made < Math.ceil(everybody.length / 4); made += 1) {
    await fleet.startThread(owner, newId(), shuffled(random, everybody).slice(0, THREAD_SIZE));
  }
  return ofAll;
}
