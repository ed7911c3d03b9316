import type { DemoOrganisation } from './demo-workspace.ts';

/** The yard that has the ferry in its dock. */
export const kestrel: DemoOrganisation = {
  key: 'kestrel',
  name: 'Kestrel Marine (demo)',
  people: {
    ruth: { name: 'Ruth Okafor', email: 'ruth@kestrel.example' },
    emil: { name: 'Emil Lindqvist', email: 'emil@kestrel.example' },
    sana: { name: 'Sana Malik', email: 'sana@kestrel.example' },
    piotr: { name: 'Piotr Nowak', email: 'piotr@kestrel.example' },
    hana: { name: 'Hana Dvořáková', email: 'hana@kestrel.example' },
  },
  threads: [
    {
      key: 'plan',
      subject: 'Dock plan, this month',
      by: 'ruth',
      people: ['ruth', 'emil', 'sana', 'piotr'],
      unread: 1,
      messages: [
        {
          at: { day: -19, time: '15:00' },
          from: 'ruth',
          text: 'Dock 1 until the end of the month: *Skarv* of Brightwater, 19 days. Dock 2: the two pilot boats, one after the other. Nobody takes holidays in the week of the survey. I mean it this time.',
          reactions: { '🫡': ['emil', 'piotr'] },
        },
        {
          at: { day: -16, time: '13:55' },
          from: 'emil',
          text: 'Pitting on Skarv, frames 14 to 17. I have told their superintendent. If 15 is to be welded I need Piotr from Wednesday to Friday.',
        },
        {
          at: { day: -16, time: '14:03' },
          from: 'ruth',
          text: 'You have him. The second pilot boat can wait until Monday, its owner is in Portugal anyway.',
          reactions: { '👍': ['emil', 'piotr'] },
        },
        {
          id: 'pins',
          at: { day: -9, time: '15:20' },
          from: 'sana',
          text: 'The hinge pins came in 62 mm. The drawing says 65, our order says 65, the delivery note says 65. Only the pins disagree.',
          reactions: { '😐': ['ruth', 'emil'] },
        },
        {
          at: { day: -9, time: '15:28' },
          from: 'piotr',
          text: 'I have a bar of 42CrMo4 in the shed. Two pins are a day on the lathe, with hardening two.',
          replyTo: 'pins',
          reactions: { '🙌': ['sana', 'ruth'] },
        },
        {
          at: { day: -9, time: '15:35' },
          from: 'ruth',
          text: 'Do it. Sana, send the wrong ones back with a friendly letter and an unfriendly bill.',
          replyTo: 'pins',
        },
        {
          at: { day: -5, time: '11:50' },
          from: 'emil',
          text: 'Ramp tested twelve times, logged, signed by both sides.',
        },
        {
          at: { minutesAgo: 75 },
          from: 'ruth',
          text: 'Survey of Skarv tomorrow at 08:00, sea trial the day after. <@you>, could you keep the afternoon free for the handing over?',
        },
      ],
    },
    {
      key: 'cradle',
      subject: 'New cradle for dock 2',
      by: 'emil',
      people: ['emil', 'ruth', 'hana'],
      unread: 0,
      messages: [
        {
          at: { day: -8, time: '10:10' },
          from: 'emil',
          text: 'Three offers for the cradle. The cheapest weighs four tonnes too much for our crane, which is perhaps why it is the cheapest.',
          reactions: { '😄': ['hana'] },
        },
        {
          at: { day: -8, time: '10:45' },
          from: 'hana',
          text: 'The second one pays for itself in 26 months if we dock two more boats a year. With what we turned away last summer it would have been five.',
        },
        {
          at: { day: -7, time: '09:00' },
          from: 'ruth',
          text: 'Then the second one. Hana, please ask for delivery before April.',
        },
        {
          at: { day: -2, time: '16:20' },
          from: 'hana',
          text: 'Ordered. Delivery in the second week of March, in writing.',
          reactions: { '🎉': ['ruth', 'emil'] },
        },
      ],
    },
    {
      key: 'kettle',
      subject: 'The kettle in the paint shop',
      by: 'piotr',
      people: ['piotr', 'sana', 'emil', 'hana'],
      unread: 0,
      messages: [
        {
          at: { day: -12, time: '07:31' },
          from: 'piotr',
          text: 'Somebody has cleaned the kettle in the paint shop. With solvent. I ask for nothing, I only warn.',
        },
        {
          at: { day: -12, time: '07:40' },
          from: 'sana',
          text: 'A new one stands beside the first-aid box. The old one is labelled, in red, in three languages.',
          reactions: { '🙏': ['piotr', 'emil', 'hana'] },
        },
        {
          at: { day: -12, time: '07:52' },
          from: 'emil',
          text: 'That explains the tea on Tuesday.',
          reactions: { '😂': ['piotr', 'sana', 'hana'] },
        },
      ],
    },
  ],
};
