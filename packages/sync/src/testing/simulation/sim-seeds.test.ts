import { expect, test } from 'vitest';
import type { Plan } from './plan.ts';
import { simulate } from './simulate.ts';

/** Histories that once broke a rule, each as short as it could be made. */
const histories: Record<string, Plan> = {
  '[DISK8] what was written while the outbox was gone goes out behind what the tab put back': {
    seed: 20517,
    people: [[{ old: false, tabs: 1 }], [{ old: false, tabs: 1 }], [{ old: false, tabs: 1 }]],
    apis: 2,
    history: [2, 1],
    steps: [
      { at: 3092, name: 'send', a: 0.8790039606392384, b: 0.05044598341919482, c: 0.7464529098942876 },
      { at: 4180, name: 'databaseRestart', a: 0.41174004203639925, b: 0.7367820697836578, c: 0.12014882196672261 },
      { at: 4283, name: 'send', a: 0.05373348784632981, b: 0.9729105310980231, c: 0.2170962563250214 },
      { at: 4622, name: 'sendDraft', a: 0.23633973626419902, b: 0.09550914773717523, c: 0.9239850409794599 },
      { at: 4796, name: 'like', a: 0.18703870638273656, b: 0.6298399427905679, c: 0.15373508841730654 },
      { at: 4853, name: 'poolExhausted', a: 0.6866701757535338, b: 0.6811369806528091, c: 0.9988469271920621 },
      { at: 5951, name: 'lostHandles', a: 0.15984121919609606, b: 0.8716966053470969, c: 0.057869221083819866 },
      { at: 6294, name: 'evictOutbox', a: 0.1755340346135199, b: 0.0731888476293534, c: 0.3115845548454672 },
      { at: 6416, name: 'send', a: 0.17225783597677946, b: 0.5336133462842554, c: 0.951704358914867 },
    ],
    healsAt: 9488,
    rots: false,
  },
  '[CLI10] whoever is let in again before the rows of the last time are dropped has them afterwards': {
    seed: 20576,
    people: [
      [
        { old: false, tabs: 2 },
        { old: false, tabs: 1 },
      ],
      [
        { old: false, tabs: 1 },
        { old: false, tabs: 2 },
      ],
    ],
    apis: 2,
    history: [0, 3],
    steps: [
      { at: 3722, name: 'databaseRestart', a: 0.8966378739569336, b: 0.8338643456809223, c: 0.8419223856180906 },
      { at: 5893, name: 'send', a: 0.2318579403217882, b: 0.577778437640518, c: 0.659083359874785 },
      { at: 6023, name: 'pin', a: 0.0234139624517411, b: 0.08511758409440517, c: 0.35155205032788217 },
      { at: 6198, name: 'remove', a: 0.7687501066830009, b: 0.20428699371404946, c: 0.2632067415397614 },
      { at: 7485, name: 'lockHeld', a: 0.3667984080966562, b: 0.9940681518055499, c: 0.28069521067664027 },
      { at: 7612, name: 'invite', a: 0.9420360922813416, b: 0.045130154117941856, c: 0.742828058777377 },
      { at: 7729, name: 'evictCache', a: 0.11493402067571878, b: 0.4820295262616128, c: 0.7997938711196184 },
      { at: 7999, name: 'sendHeld', a: 0.2853180402889848, b: 0.8622121519874781, c: 0.7508040363900363 },
    ],
    healsAt: 8585,
    rots: false,
  },
};

test.each(Object.entries(histories))('%s', async (_name, plan) => {
  expect((await simulate(plan)).failure).toBeNull();
});
