import { TRPCClientError } from '@trpc/client';

export interface RefusalWords {
  /** The server's stable code; `UNREACHABLE` when no answer came. */
  code: string;
  text: string;
}

interface WireError {
  code?: string;
  retryAfterSeconds?: number;
}

const words: Record<string, string> = {
  UNREACHABLE: 'The server cannot be reached. Check your connection and try again.',
  INVALID_CREDENTIALS: 'E-mail and password do not match.',
  INVITATION_NOT_FOUND: 'This invitation does not exist, or was withdrawn.',
  INVITATION_EXPIRED: 'This invitation has ended. Ask for a new one.',
  INVITATION_USED: 'This invitation was used already. Sign in instead.',
  INVITATION_REVOKED: 'This invitation was withdrawn. Ask for a new one.',
  INVITATION_OTHER_PERSON: 'This invitation is for another address. Sign out and open the link again.',
  SETUP_DONE: 'This installation is set up already. Sign in instead.',
  SETUP_TOKEN_INVALID: 'This set-up link is not valid. The newest one is in the server’s output.',
  EMAIL_TAKEN: 'There is an account with this address already. Sign in instead.',
  ALREADY_MEMBER: 'This person is a member already.',
  PASSWORD_TOO_SHORT: 'Use at least 10 characters.',
  PASSWORD_TOO_LONG: 'Use at most 200 characters.',
  PASSWORD_IS_EMAIL: 'Choose a password that is not your address.',
  FORBIDDEN: 'Your role does not allow this.',
  UNAUTHENTICATED: 'You are signed out. Sign in and try again.',
  UNAUTHORIZED: 'You are signed out. Sign in and try again.',
  BAD_REQUEST: 'The server did not accept this. Check what you entered.',
  INVALID_INPUT: 'The server did not accept this. Check what you entered.',
};

/** What went wrong, in words for the person it happened to. */
export function refusalWords(error: unknown): RefusalWords {
  const data = error instanceof TRPCClientError ? (error.data as WireError | null | undefined) : undefined;
  const code = data?.code ?? 'UNREACHABLE';
  if (code === 'RATE_LIMITED') return { code, text: `Too many tries. ${waitWords(data?.retryAfterSeconds)}` };
  return { code, text: words[code] ?? 'Something went wrong on the server. Try again in a moment.' };
}

function waitWords(seconds: number | undefined): string {
  if (seconds === undefined) return 'Wait a little and try again.';
  if (seconds < 90) return `Try again in ${Math.ceil(seconds)} seconds.`;
  return `Try again in ${Math.ceil(seconds / 60)} minutes.`;
}
