import { TRPCClientError } from '@trpc/client';

export interface RefusalWords {
  /** The server's stable code; `UNREACHABLE` when no answer came. */
  code: string;
  text: string;
  /** What belongs at a field of the form, by its name; `text` then only says that something is wrong. */
  fields: Readonly<Record<string, string>>;
}

interface WireError {
  code?: string;
  retryAfterSeconds?: number;
  issues?: { path: string; message: string }[];
}

const words: Record<string, string> = {
  UNREACHABLE: 'The server cannot be reached. Check your connection and try again.',
  INVALID_CREDENTIALS: 'E-mail and password do not match.',
  ACCOUNT_EXISTS: 'This address has an account already. Sign in, then open the link again.',
  ALREADY_MEMBER: 'This person is a member already.',
  ALREADY_SET_UP: 'This installation is set up already. Sign in instead.',
  SET_UP_TOKEN_INVALID: 'This set-up link is no longer valid. Use the newest one that the server printed.',
  INVITATION_INVALID: 'This invitation is not valid. Ask for a new one.',
  INVITATION_EXPIRED: 'This invitation has ended. Ask for a new one.',
  INVITATION_USED: 'This invitation was used already. Sign in instead.',
  WRONG_ACCOUNT: 'This invitation is for another address. Use another account for it.',
  IMPORT_TOO_LARGE: 'This archive is too large for the browser. Import it on the command line.',
  IMPORT_RUNNING: 'An import is running. Wait until it is done.',
  LAST_OWNER: 'An organisation needs an owner. Make somebody else one first.',
  BELONGS_ELSEWHERE: 'They belong to another organisation, too, which has a say in this.',
  UNKNOWN_PERSON: 'Whoever stays must be an active member.',
  ON_HOLD: 'The organisation is on hold.',
  NOT_ON_HOLD: 'The organisation is not on hold any more.',
  PARTNERS_ALREADY: 'The two organisations are partners already.',
  SAME_ORGANISATION: 'An organisation is no partner of its own. Choose another one.',
  ENDED: 'This partnership has ended.',
  FORBIDDEN: 'Your role does not allow this.',
  NOT_FOUND: 'This is not there any more.',
  UNAUTHORISED: 'You are signed out. Sign in and try again.',
  INVALID: 'Check what is marked above.',
  PASSWORD_WRONG: 'Check what is marked above.',
  CODE_WRONG: 'Check what is marked above.',
  STEP_OVER: 'Too much time went by. Go back and sign in once more.',
  PASSKEY_REFUSED: 'This passkey was not accepted. Sign in another way.',
  TWO_STEP_ON: 'Two-step sign-in is on already.',
  TWO_STEP_OFF: 'Two-step sign-in is off.',
  TOO_MANY: 'There are too many already. Remove one first.',
  LINK_INVALID: 'It was used already, or it is too old. Ask for a new one.',
  PASSWORD_TOO_WEAK: 'Check what is marked above.',
};

const fieldWords: Record<string, string> = {
  email: 'This is not a complete e-mail address.',
  password: 'Use at least 10 characters, and not your address.',
  name: 'Enter a name of at most 100 characters.',
  organisationName: 'Enter a name of at most 100 characters.',
};

/** What went wrong, in words for the person it happened to. */
export function refusalWords(error: unknown): RefusalWords {
  const data = error instanceof TRPCClientError ? (error.data as WireError | null | undefined) : undefined;
  const code = data?.code ?? 'UNREACHABLE';
  if (code === 'RATE_LIMITED')
    return { code, text: `Too many tries. ${waitWords(data?.retryAfterSeconds)}`, fields: {} };
  const text = words[code] ?? 'Something went wrong on the server. Try again in a moment.';
  if (code === 'PASSWORD_TOO_WEAK') {
    return { code, text, fields: { password: 'This password is too easy to guess. Choose another one.' } };
  }
  if (code === 'PASSWORD_WRONG') return { code, text, fields: { current: 'This is not your password.' } };
  if (code === 'CODE_WRONG') return { code, text, fields: { code: 'This code is not right, or it was used.' } };
  const names = (data?.issues ?? []).map((issue) => issue.path);
  // Nobody typed it, so there is no field at which it could be marked.
  if (names.includes('token')) {
    return { code, text: 'A part of the link is missing. Open the whole link, or ask for a new one.', fields: {} };
  }
  return {
    code,
    text,
    fields: Object.fromEntries(names.map((name) => [name, fieldWords[name] ?? 'This is not valid.'])),
  };
}

function waitWords(seconds: number | undefined): string {
  if (seconds === undefined) return 'Wait a little and try again.';
  if (seconds < 90) return `Try again in ${Math.ceil(seconds)} seconds.`;
  return `Try again in ${Math.ceil(seconds / 60)} minutes.`;
}
