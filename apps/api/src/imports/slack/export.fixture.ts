import { zipOfJson } from './zip.fixture.ts';

/** A small workspace that has one of everything: Acme's alice and bob, a bot, and a guest who left. */
export const ACME_EXPORT = {
  'users.json': [
    {
      id: 'U0ALICE',
      team_id: 'T0ACME',
      name: 'alice',
      profile: { display_name: 'Alice', email: 'Alice@acme.example' },
    },
    { id: 'U0BOB', team_id: 'T0ACME', name: 'bob', real_name: 'Bob Builder', profile: { display_name: '' } },
    { id: 'U0GUEST', team_id: 'T0ACME', name: 'gus', deleted: true, is_restricted: true },
    { id: 'U0BOT', team_id: 'T0ACME', name: 'deploybot', is_bot: true },
  ],
  'channels.json': [
    { id: 'C0GENERAL', name: 'general', created: 1_700_000_000, creator: 'U0ALICE', members: ['U0ALICE', 'U0BOB'] },
    { id: 'C0EMPTY', name: 'empty', created: 1_700_000_000, members: ['U0BOB'] },
  ],
  'groups.json': [{ id: 'G0SECRET', name: 'secret', created: 1_700_000_500, members: ['U0ALICE'] }],
  'dms.json': [{ id: 'D0AB', created: 1_700_000_600, members: ['U0ALICE', 'U0BOB'] }],
  'general/2023-11-14.json': [
    { type: 'message', subtype: 'channel_join', user: 'U0BOB', text: '<@U0BOB> has joined', ts: '1700000001.000100' },
    {
      type: 'message',
      user: 'U0ALICE',
      text: 'Hello <@U0BOB>, *ship* it?',
      ts: '1700000002.000200',
      thread_ts: '1700000002.000200',
      reactions: [
        { name: '+1', users: ['U0BOB', 'U0GUEST'] },
        { name: 'acme_logo', users: ['U0BOB'] },
      ],
    },
    {
      type: 'message',
      user: 'U0BOB',
      text: 'Yes',
      ts: '1700000004.000100',
      thread_ts: '1700000002.000200',
      edited: { user: 'U0BOB', ts: '1700000009.000000' },
    },
    { type: 'message', user: 'U0STRANGER', text: 'who am I', ts: '1700000003.000100' },
    {
      type: 'message',
      subtype: 'bot_message',
      bot_id: 'B0CI',
      username: 'ci',
      ts: '1700000005.000100',
      attachments: [{ title: 'Build 7', title_link: 'https://ci.example/7', text: 'passed' }],
    },
    {
      type: 'message',
      user: 'U0ALICE',
      text: 'plan attached',
      ts: '1700000006.000100',
      files: [{ name: 'plan.pdf' }, { name: 'old.pdf', mode: 'tombstone' }],
    },
    {
      type: 'message',
      subtype: 'tombstone',
      user: 'U0ALICE',
      text: 'This message was deleted.',
      ts: '1700000007.000100',
    },
    {
      type: 'message',
      user: 'U0BOB',
      text: 'reply to what is gone',
      ts: '1700000008.000100',
      thread_ts: '1700000007.000100',
    },
    { type: 'message', user: 'U0BOB', text: '', ts: '1700000008.000200' },
    { type: 'message', subtype: 'file_comment', text: 'nobody', ts: '1700000008.000300' },
  ],
  'secret/2023-11-14.json': [{ type: 'message', user: 'U0ALICE', text: 'psst', ts: '1700000600.000100' }],
  'D0AB/2023-11-14.json': [{ type: 'message', user: 'U0ALICE', text: 'just us', ts: '1700000700.000100' }],
  'integration_logs.json': [],
} as const;

/** The export a day later: everything from before, and one more reply. */
export const ACME_EXPORT_GROWN = {
  ...ACME_EXPORT,
  'general/2023-11-15.json': [
    { type: 'message', user: 'U0ALICE', text: 'Done', ts: '1700090000.000100', thread_ts: '1700000002.000200' },
  ],
} as const;

export const acmeZip = (): Buffer => zipOfJson(ACME_EXPORT);
