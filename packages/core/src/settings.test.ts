import { expect, test } from 'vitest';
import { changeSettings, standardSettings, UNDO_SECONDS } from './settings.ts';

test('messages go out at once unless a person chose otherwise', () => {
  expect(standardSettings.undoSeconds).toBe(0);
});

test('a message can be held for the times offered, and no others', () => {
  for (const undoSeconds of UNDO_SECONDS) expect(changeSettings.args.parse({ undoSeconds })).toEqual({ undoSeconds });
  for (const undoSeconds of [1, 60, -5, '5', null]) expect(() => changeSettings.args.parse({ undoSeconds })).toThrow();
});
