import { expect, test } from 'vitest';
import type { Plan } from './plan.ts';
import { simulate } from './simulate.ts';

/** Histories that once broke a rule, each as short as it could be made. */
const histories: Record<string, Plan> = {
  '[CLI3] [TAB5] what was being written when the power went is not written over what that took away': {
    seed: 2433,
    people: [
      [{ old: false, tabs: 1 }],
      [{ old: false, tabs: 2 }],
      [{ old: false, tabs: 1 }],
      [{ old: false, tabs: 2 }],
    ],
    apis: 1,
    history: [1, 3],
    steps: [
      { at: 7088, name: 'startDirect', a: 0.7851767190732062, b: 0.24695965345017612, c: 0.30414385278709233 },
      { at: 8049, name: 'bulk', a: 0.6339143856894225, b: 0.5744064371101558, c: 0.554850438144058 },
      { at: 12646, name: 'sendDraft', a: 0.09150856896303594, b: 0.14805454085581005, c: 0.796269467798993 },
      { at: 22844, name: 'bulk', a: 0.45637962059117854, b: 0.8545713471248746, c: 0.6876074937172234 },
      { at: 23303, name: 'sendThree', a: 0.19568232400342822, b: 0.42941182013601065, c: 0.40041856467723846 },
      { at: 23567, name: 'remove', a: 0.546604139264673, b: 0.0825070277787745, c: 0.4314498419407755 },
      { at: 25568, name: 'unpin', a: 0.9364790045656264, b: 0.08203324815258384, c: 0.7908132779411972 },
      { at: 25617, name: 'count', a: 0.5262480969540775, b: 0.6848654777277261, c: 0.20519578619860113 },
      { at: 25676, name: 'powerCut', a: 0.7685675325337797, b: 0.4923779519740492, c: 0.6540789746213704 },
    ],
    healsAt: 26845,
    rots: false,
  },
  '[CLI8] a tab that opens while the leader settles an act does not keep it for ever': {
    seed: 3510,
    people: [
      [{ old: false, tabs: 1 }],
      [{ old: false, tabs: 2 }],
      [{ old: false, tabs: 1 }],
      [{ old: false, tabs: 1 }],
    ],
    apis: 1,
    history: [4, 1],
    steps: [
      { at: 294, name: 'type', a: 0.12810200569219887, b: 0.6727319073397666, c: 0.4905989111866802 },
      { at: 1039, name: 'sendDraft', a: 0.9749521750491112, b: 0.30020019179210067, c: 0.5514840998221189 },
      { at: 3283, name: 'sendHeld', a: 0.8649411979131401, b: 0.3885420172009617, c: 0.35645197541452944 },
      { at: 3340, name: 'powerCut', a: 0.8809019955806434, b: 0.11836424912326038, c: 0.22165505145676434 },
      { at: 3463, name: 'diskFails', a: 0.7122464084532112, b: 0.8179099613334984, c: 0.6042269153986126 },
      { at: 4540, name: 'evictOutbox', a: 0.36138029815629125, b: 0.4679813655093312, c: 0.9001443097367883 },
      { at: 5147, name: 'crash', a: 0.4091412394773215, b: 0.1388429873622954, c: 0.009623640915378928 },
      { at: 5666, name: 'send', a: 0.5972413115669042, b: 0.0851477850228548, c: 0.6531132804229856 },
      { at: 5685, name: 'evictOutbox', a: 0.6993418626952916, b: 0.15239240042865276, c: 0.6716105702798814 },
      { at: 7271, name: 'remove', a: 0.21257222769781947, b: 0.7175186162348837, c: 0.45491844112984836 },
      { at: 8895, name: 'crash', a: 0.4668975861277431, b: 0.7382735416758806, c: 0.07986768987029791 },
      { at: 9588, name: 'type', a: 0.5310948332771659, b: 0.3426953551825136, c: 0.9438472692854702 },
      { at: 10234, name: 'send', a: 0.4778173214290291, b: 0.726224453188479, c: 0.6654607332311571 },
      { at: 10504, name: 'send', a: 0.49366890732198954, b: 0.8683850255329162, c: 0.07506458996795118 },
      { at: 14147, name: 'crash', a: 0.0425465926527977, b: 0.5528950178995728, c: 0.9372364359442145 },
      { at: 16121, name: 'edit', a: 0.1638652770780027, b: 0.3119066869840026, c: 0.38759397622197866 },
      { at: 18173, name: 'crashAtCommit', a: 0.4005744222085923, b: 0.12203747872263193, c: 0.8039839833509177 },
      { at: 18511, name: 'powerCut', a: 0.11305257049389184, b: 0.9939077235758305, c: 0.014802860096096992 },
      { at: 25169, name: 'count', a: 0.5303039364516735, b: 0.6235113546717912, c: 0.3519814796745777 },
      { at: 25357, name: 'powerCut', a: 0.2969019813463092, b: 0.007291189627721906, c: 0.3044905497226864 },
    ],
    healsAt: 26469,
    rots: false,
  },
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
