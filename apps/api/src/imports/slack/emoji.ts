import { nameToEmoji } from 'gemoji';

/** Slack's names where they differ from the table's, or that Slack has and the table has not. */
const SLACK_NAMES: Readonly<Record<string, string>> = {
  simple_smile: '🙂',
  thinking_face: '🤔',
  hugging_face: '🤗',
  face_with_rolling_eyes: '🙄',
  white_frowning_face: '☹️',
  robot_face: '🤖',
  rolling_on_the_floor_laughing: '🤣',
  face_with_cowboy_hat: '🤠',
  face_palm: '🤦',
  shocked_face_with_exploding_head: '🤯',
  grinning_face_with_star_eyes: '🤩',
  grinning_face_with_one_large_and_one_small_eye: '🤪',
  smiling_face_with_smiling_eyes_and_hand_covering_mouth: '🤭',
  serious_face_with_symbols_covering_mouth: '🤬',
  face_with_raised_eyebrow: '🤨',
  face_with_monocle: '🧐',
  face_with_finger_covering_closed_lips: '🤫',
  smiling_face_with_3_hearts: '🥰',
  spock_hand: '🖖',
  'spock-hand': '🖖',
  hand_with_index_and_middle_fingers_crossed: '🤞',
  i_love_you_hand_sign: '🤟',
  sign_of_the_horns: '🤘',
  the_horns: '🤘',
  reversed_hand_with_middle_finger_extended: '🖕',
  heavy_heart_exclamation_mark_ornament: '❣️',
  'male-technologist': '👨‍💻',
  'female-technologist': '👩‍💻',
  'man-shrugging': '🤷‍♂️',
  'woman-shrugging': '🤷‍♀️',
  'man-facepalming': '🤦‍♂️',
  'woman-facepalming': '🤦‍♀️',
  'man-raising-hand': '🙋‍♂️',
  'woman-raising-hand': '🙋‍♀️',
  'man-bowing': '🙇‍♂️',
  'woman-bowing': '🙇‍♀️',
  'man-dancing': '🕺',
  large_green_circle: '🟢',
  large_yellow_circle: '🟡',
  large_orange_circle: '🟠',
  large_purple_circle: '🟣',
  large_blue_square: '🟦',
  large_green_square: '🟩',
  large_red_square: '🟥',
  knife_fork_plate: '🍽️',
  sports_medal: '🏅',
  first_place_medal: '🥇',
  second_place_medal: '🥈',
  third_place_medal: '🥉',
  admission_tickets: '🎟️',
  lower_left_ballpoint_pen: '🖊️',
  spiral_note_pad: '🗒️',
  spiral_calendar_pad: '🗓️',
  three_button_mouse: '🖱️',
  mostly_sunny: '🌤️',
  partly_sunny_rain: '🌦️',
  rain_cloud: '🌧️',
  snow_cloud: '🌨️',
  lightning: '🌩️',
};

const SKIN_TONES = ['🏻', '🏼', '🏽', '🏾', '🏿'] as const;
const VARIATION_SELECTOR = '\ufe0f';

/**
 * The emoji behind a name of Slack, without colons: `thumbsup`, `wave::skin-tone-3`, `flag-de`.
 * `undefined` for a workspace's own picture.
 */
export function emojiFromSlackName(fullName: string): string | undefined {
  const [name = '', tone] = fullName.split('::');
  const emoji = plainEmoji(name);
  const toneIndex = /^skin-tone-([2-6])$/.exec(tone ?? '')?.[1];
  if (emoji === undefined || toneIndex === undefined) return emoji;
  return withSkinTone(emoji, SKIN_TONES[Number(toneIndex) - 2] ?? '');
}

function plainEmoji(name: string): string | undefined {
  if (Object.hasOwn(SLACK_NAMES, name)) return SLACK_NAMES[name];
  if (Object.hasOwn(nameToEmoji, name)) return nameToEmoji[name];
  const country = /^flag-([a-z])([a-z])$/.exec(name);
  if (country) return regionalIndicator(country[1] ?? '') + regionalIndicator(country[2] ?? '');
  // Slack: `female-doctor`, `man-running`; the table: `woman_doctor`, `running_man`.
  const [, person = '', rest = ''] = /^(female|male|woman|man)-([a-z-]+)$/.exec(name) ?? [];
  const who = person === 'female' ? 'woman' : person === 'male' ? 'man' : person;
  const what = rest.replaceAll('-', '_');
  const candidates = [name.replaceAll('-', '_'), `${who}_${what}`, `${what}_${who}`];
  const known = candidates.find((candidate) => Object.hasOwn(nameToEmoji, candidate));
  return known === undefined ? undefined : nameToEmoji[known];
}

function regionalIndicator(letter: string): string {
  return String.fromCodePoint(0x1f1e6 + letter.charCodeAt(0) - 97);
}

/** The tone goes behind the first symbol and takes the place of its variation selector. */
function withSkinTone(emoji: string, tone: string): string {
  const [first = '', ...rest] = [...emoji];
  if (!/^\p{Emoji_Modifier_Base}$/u.test(first)) return emoji;
  if (rest[0] === VARIATION_SELECTOR) rest.shift();
  return first + tone + rest.join('');
}
