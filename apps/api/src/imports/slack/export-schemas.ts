import { z } from 'zod';

/**
 * The parts of Slack's export format that are read. Slack leaves fields out, sends null for absent and adds new ones
 * freely, so everything is optional that a message can do without; what is there must have the right shape.
 */
const id = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'is not an id of Slack');
const words = z.string().nullish();

export const usersFile = z.array(
  z.object({
    id,
    team_id: id.nullish(),
    name: words,
    real_name: words,
    deleted: z.boolean().nullish(),
    is_bot: z.boolean().nullish(),
    is_restricted: z.boolean().nullish(),
    is_ultra_restricted: z.boolean().nullish(),
    profile: z.object({ real_name: words, display_name: words, email: words }).nullish(),
  }),
);

export const channelsFile = z.array(
  z.object({
    id,
    name: words,
    created: z.number().nullish(),
    creator: id.nullish(),
    members: z.array(id).nullish(),
  }),
);

/** Seconds since 1970 with up to six digits behind the point; in its channel also the message's id. */
const timestamp = z.string().regex(/^\d{1,12}(\.\d{1,6})?$/, 'is not a timestamp of Slack');

const file = z.object({ name: words, title: words, mode: words });

const attachment = z.object({
  pretext: words,
  title: words,
  title_link: words,
  text: words,
  fallback: words,
  from_url: words,
  original_url: words,
  is_msg_unfurl: z.boolean().nullish(),
});

export const dayFile = z.array(
  z.object({
    type: z.string(),
    subtype: words,
    ts: timestamp,
    thread_ts: timestamp.nullish(),
    user: id.nullish(),
    bot_id: id.nullish(),
    username: words,
    bot_profile: z.object({ name: words }).nullish(),
    comment: z.object({ user: id.nullish() }).nullish(),
    text: words,
    edited: z.object({ ts: timestamp }).nullish(),
    reactions: z.array(z.object({ name: z.string(), users: z.array(id) })).nullish(),
    files: z.array(file).nullish(),
    file: file.nullish(),
    attachments: z.array(attachment).nullish(),
  }),
);

export type SlackUser = z.infer<typeof usersFile>[number];
export type SlackChannel = z.infer<typeof channelsFile>[number];
export type SlackMessage = z.infer<typeof dayFile>[number];
