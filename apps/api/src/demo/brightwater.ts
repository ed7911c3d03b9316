import type { DemoOrganisation } from './demo-workspace.ts';

/** A small ferry line in the third week of a dry dock. */
export const brightwater: DemoOrganisation = {
  key: 'brightwater',
  name: 'Brightwater Ferries (demo)',
  people: {
    ingrid: { name: 'Ingrid Solheim', email: 'ingrid@brightwater.example' },
    tomas: { name: 'Tomas Reyes', email: 'tomas@brightwater.example' },
    leila: { name: 'Leila Haddad', email: 'leila@brightwater.example' },
    owen: { name: 'Owen Baptiste', email: 'owen@brightwater.example' },
    mei: { name: 'Mei Tanaka', email: 'mei@brightwater.example' },
    jonas: { name: 'Jonas Keller', email: 'jonas@brightwater.example' },
    priya: { name: 'Priya Raman', email: 'priya@brightwater.example' },
  },
  threads: [
    {
      key: 'welcome',
      subject: 'Start here: what this demo is',
      by: 'leila',
      people: ['leila', 'ingrid', 'tomas'],
      unread: 1,
      messages: [
        {
          id: 'hello',
          at: { day: -1, time: '08:02' },
          from: 'leila',
          text: 'Good morning <@you>. This is a demo workspace: two organisations at work, a ferry line and the yard that repairs its ships. **Nobody here is real**, and only you see it.',
        },
        {
          at: { day: -1, time: '08:04' },
          from: 'leila',
          text: 'A few things worth trying:\n\n- Write here and press `Enter`. Then take your network away and write some more.\n- Point at a message to react, reply or edit.\n- Press `↑` in an empty field to mend your last message.\n- `Ctrl K` finds a thread, `Alt Shift ↓` goes to the next unread one.',
          reactions: { '👍': ['tomas', 'ingrid'] },
        },
        {
          at: { day: -1, time: '08:11' },
          from: 'tomas',
          text: 'And when you have seen enough: it goes as it came, with one click in the settings.',
          replyTo: 'hello',
        },
        {
          at: { minutesAgo: 14 },
          from: 'ingrid',
          text: '<@you> the numbers for the winter timetable are in its thread, if you want something to disagree with.',
        },
      ],
    },
    {
      key: 'dock',
      subject: 'MV Skarv in dry dock',
      by: 'ingrid',
      people: ['ingrid', 'owen', 'tomas', 'mei'],
      unread: 2,
      messages: [
        {
          at: { day: -18, time: '07:40' },
          from: 'ingrid',
          text: 'Skarv went into the dock at 06:50 this morning. Planned: 19 days. Everything about it here, please, not by mail.',
          reactions: { '⚓': ['owen', 'tomas', 'mei'] },
        },
        {
          id: 'list',
          at: { day: -18, time: '09:15' },
          from: 'owen',
          text: 'The list as agreed with the yard:\n\n1. Hull: blast and paint below the waterline\n2. Port shaft: new seal\n3. Bow ramp: hinge pins, both sides\n4. Class survey on the last two days',
        },
        {
          at: { day: -16, time: '14:22' },
          from: 'owen',
          text: 'Blasting found pitting on frames 14 to 17, starboard. Not deep. The surveyor wants to see it before anybody paints over it.',
        },
        {
          at: { day: -16, time: '14:31' },
          from: 'ingrid',
          text: 'How deep is “not deep”?',
        },
        {
          at: { day: -16, time: '14:48' },
          from: 'owen',
          text: '| Frame | Plate | Measured | Allowed |\n|---|---|---|---|\n| 14 | 9.0 mm | 8.3 mm | 7.2 mm |\n| 15 | 9.0 mm | 7.9 mm | 7.2 mm |\n| 17 | 9.0 mm | 8.1 mm | 7.2 mm |',
          reactions: { '🙏': ['ingrid'] },
        },
        {
          at: { day: -15, time: '10:05' },
          from: 'mei',
          text: 'The surveyor has been here. Weld up 15, leave the others, photograph all of them. It costs us a day.',
        },
        {
          at: { day: -15, time: '10:12' },
          from: 'tomas',
          text: 'A day I have. Two I do not: the Kjelvik charter is on the 20th day and they have sold every seat.',
        },
        {
          at: { day: -9, time: '16:40' },
          from: 'owen',
          text: 'Port seal is in and turns freely. Hinge pins came in the wrong diameter, 62 instead of 65 mm. The yard turns new ones themselves, ready on Thursday.',
          reactions: { '😬': ['ingrid', 'tomas'], '💪': ['mei'] },
        },
        {
          id: 'pins',
          at: { day: -5, time: '11:30' },
          from: 'owen',
          text: 'Pins fitted. The ramp went up and down twelve times without a word of complaint.',
          reactions: { '🎉': ['ingrid', 'tomas', 'mei'] },
        },
        {
          at: { day: -5, time: '11:34' },
          from: 'ingrid',
          text: 'Thirteen would have been unlucky.',
          replyTo: 'pins',
        },
        {
          at: { minutesAgo: 190 },
          from: 'mei',
          text: 'Paint is dry enough below the waterline. The surveyor comes tomorrow at eight; the sea trial is the day after, weather allowing.',
        },
        {
          at: { minutesAgo: 52 },
          from: 'tomas',
          text: 'Weather allows: 4 m/s from the southwest. I have told the charter that we are on time. Please do not make a liar of me.',
          reactions: { '🤞': ['ingrid', 'owen', 'mei'] },
        },
      ],
    },
    {
      key: 'winter',
      subject: 'Winter timetable',
      by: 'tomas',
      people: ['tomas', 'ingrid', 'leila', 'priya'],
      unread: 0,
      messages: [
        {
          at: { day: -11, time: '13:05' },
          from: 'tomas',
          text: 'Draft for the winter: the 05:50 goes, the 22:10 stays only on Fridays and Saturdays. Last winter the 05:50 carried eleven people on an ordinary day.',
        },
        {
          at: { day: -11, time: '13:20' },
          from: 'priya',
          text: 'Those eleven are the morning shift of the hospital. They have written to us every year, and they are right every year.',
          reactions: { '👍': ['leila'] },
        },
        {
          at: { day: -11, time: '13:26' },
          from: 'tomas',
          text: 'Could they take the 06:30?',
        },
        {
          at: { day: -11, time: '13:41' },
          from: 'priya',
          text: '> Could they take the 06:30?\n\nTheir shift begins at 06:45, and the hospital is twelve minutes from the quay. No.',
        },
        {
          at: { day: -10, time: '09:02' },
          from: 'ingrid',
          text: 'Then a small boat at 05:50. *Terna* has a crew of two and burns a third. I would rather run it half empty than read that letter again.',
          reactions: { '❤️': ['priya', 'leila'], '👍': ['tomas'] },
        },
        {
          at: { day: -10, time: '10:30' },
          from: 'tomas',
          text: 'New draft, with *Terna* at 05:50 from Monday to Friday:\n\n```\nQuay      05:50  06:30  08:00  12:00  16:30  18:30\nIsland    06:14  06:54  08:24  12:24  16:54  18:54\n```\n\nSaturdays and Sundays begin at 08:00.',
        },
        {
          at: { day: -3, time: '15:10' },
          from: 'leila',
          text: 'On the web page since noon. Printed ones come on Tuesday; please take the summer ones down everywhere, also in the waiting room on the island.',
          reactions: { '✅': ['tomas', 'priya'] },
        },
      ],
    },
    {
      key: 'tickets',
      subject: 'Ticket machines print blank receipts',
      by: 'jonas',
      people: ['jonas', 'leila', 'priya'],
      unread: 0,
      messages: [
        {
          id: 'blank',
          at: { day: -6, time: '08:50' },
          from: 'priya',
          text: 'The machine at the quay prints blank receipts again. People stay polite, so far.',
        },
        {
          at: { day: -6, time: '08:58' },
          from: 'jonas',
          text: 'Same as in March: the paper is in the wrong way round, it is only coated on one side. Could you look?',
          replyTo: 'blank',
        },
        {
          at: { day: -6, time: '09:10' },
          from: 'priya',
          text: 'It is. Turned it, works. I feel clever and foolish at the same time.',
          replyTo: 'blank',
          reactions: { '😄': ['jonas', 'leila'] },
        },
        {
          at: { day: -6, time: '09:30' },
          from: 'jonas',
          text: 'I have taped a drawing into the lid. If it happens a third time I buy paper that is coated on both sides.',
          reactions: { '👏': ['leila'] },
        },
      ],
    },
    {
      key: 'drill',
      subject: 'Evacuation drill on Thursday',
      by: 'mei',
      people: ['mei', 'owen', 'ingrid', 'tomas', 'jonas'],
      unread: 0,
      messages: [
        {
          at: { day: -4, time: '12:00' },
          from: 'mei',
          text: 'Drill on Thursday at 19:30 on *Terna*, after the last trip. Forty volunteers from the sailing club play the passengers. One of them will refuse to leave without his dog.',
        },
        { at: { day: -4, time: '12:06' }, from: 'owen', text: 'Is there a dog?' },
        {
          at: { day: -4, time: '12:07' },
          from: 'mei',
          text: 'There is a dog. She is called Anker, and she has done this before.',
          reactions: { '🐕': ['owen', 'ingrid', 'jonas', 'tomas'] },
        },
        {
          at: { day: -1, time: '20:45' },
          from: 'mei',
          text: 'Done: 40 people and one dog off the ship in **9 min 20 s**. Last year it was 11:05. What was slow: the second raft, since nobody had said who opens it. I write it into the plan.',
          reactions: { '👏': ['ingrid', 'tomas', 'owen', 'jonas'], '🐕': ['ingrid'] },
        },
      ],
    },
  ],
};
