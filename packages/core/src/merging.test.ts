import { expect, test } from 'vitest';
import { withPersonReplaced } from './merging.ts';
import { newId } from './world.fixture.ts';

const [from, into, bob] = [newId(), newId(), newId()];

test('one person stands wherever the other stood: as author, in mentions, reactions, notices and texts', () => {
  const row = {
    authorId: from,
    text: `<@${from}> and <@${bob}>, see <@${from}>`,
    mentions: [from, bob],
    reactions: { '👍': [bob, from], '🎉': [into, from] },
    notice: { type: 'added', by: bob, personIds: [from, into] },
    forwarded: { authorId: from, authorName: 'Al' },
    seq: 3,
    deletedAt: null,
  };
  expect(withPersonReplaced(row, from, into)).toEqual({
    authorId: into,
    text: `<@${into}> and <@${bob}>, see <@${into}>`,
    mentions: [into, bob],
    reactions: { '👍': [bob, into], '🎉': [into] },
    notice: { type: 'added', by: bob, personIds: [into] },
    forwarded: { authorId: into, authorName: 'Al' },
    seq: 3,
    deletedAt: null,
  });
});

test('an id that somebody quoted in a text stays, and so does what names nobody', () => {
  const row = { text: `the id ${from}`, authorId: bob, mentions: [] };
  expect(withPersonReplaced(row, from, into)).toEqual(row);
});
