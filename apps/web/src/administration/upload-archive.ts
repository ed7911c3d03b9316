/** Sends an archive in pieces, from where the server has it; a piece that does not arrive is tried again. */

import { sessionHeaders } from '../accounts/account-calls.ts';

/** Bytes of a piece: a few seconds on a slow line, few enough requests on a fast one. */
const PIECE_BYTES = 2 * 1024 * 1024;
const TRIES = 5;

export class UploadRefused extends Error {}

export interface Upload {
  importId: string;
  file: File;
  /** Bytes that are there already. */
  from: number;
  signal: AbortSignal;
  onReceived: (bytes: number) => void;
}

/** Resolves when the server has everything. @throws UploadRefused with words for the person */
export async function uploadArchive({ importId, file, from, signal, onReceived }: Upload): Promise<void> {
  let received = from;
  for (let failures = 0; received < file.size;) {
    const answer = await putPiece(importId, file.slice(received, received + PIECE_BYTES), received, signal);
    if (answer.kind === 'received') {
      failures = 0;
      received = answer.bytes;
      onReceived(received);
    } else if (answer.kind === 'refused') {
      throw new UploadRefused(answer.words);
    } else {
      failures += 1;
      if (failures === TRIES) throw new UploadRefused('The upload broke off. Choose the same file to go on with it.');
      await new Promise((resolve) => setTimeout(resolve, 500 * 2 ** failures));
    }
  }
}

type Answer = { kind: 'received'; bytes: number } | { kind: 'refused'; words: string } | { kind: 'lost' };

async function putPiece(importId: string, piece: Blob, offset: number, signal: AbortSignal): Promise<Answer> {
  try {
    const response = await fetch(`/imports/slack/${importId}?offset=${offset}`, {
      method: 'PUT',
      body: piece,
      signal,
      headers: { 'content-type': 'application/octet-stream', ...(await sessionHeaders()) },
    });
    const body = (await response.json()) as { received?: number; error?: { message?: string } };
    if (response.ok && typeof body.received === 'number') return { kind: 'received', bytes: body.received };
    if (response.status >= 500) return { kind: 'lost' };
    return { kind: 'refused', words: body.error?.message ?? 'The server does not take this file.' };
  } catch (error) {
    if (signal.aborted) throw error;
    return { kind: 'lost' };
  }
}
