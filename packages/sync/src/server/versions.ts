/** Which clients a server serves: those of its own release and of the one before. Rules: SPEC.md, [VER1] and on. */
import { PROTOCOL_VERSION, type ScopeAnswer, type WireRow } from '../protocol.ts';
import { RequestError } from './errors.ts';

/** Gives a row the shape that an older schema had. */
export type Translation = (row: WireRow) => WireRow;

export interface Versions {
  /** Protocols that this server speaks. */
  protocols: { oldest: number; newest: number };
  /** The shape that its rows have. */
  schema: number;
  /** Older shapes that it can still give them. */
  translations: Readonly<Record<number, Translation>>;
}

export const THESE_VERSIONS: Versions = {
  protocols: { oldest: PROTOCOL_VERSION - 1, newest: PROTOCOL_VERSION },
  schema: 1,
  translations: {},
};

/** What a request says of the client that made it. */
export interface Handshake {
  protocol: number;
  oldest?: number | undefined;
  schema?: number | undefined;
  personId: string;
}

/** @throws RequestError `OUTDATED` or `WRONG_ACCOUNT`. @returns how rows reach this client; `null`: as they are */
export function admit(
  { protocols, schema, translations }: Versions,
  personId: string,
  client: Handshake,
): Translation | null {
  const isUnderstood =
    client.protocol >= protocols.oldest && (client.oldest ?? client.protocol - 1) <= protocols.newest;
  const ofClient = client.schema ?? 1;
  const translation = ofClient === schema ? null : translations[ofClient];
  if (!isUnderstood || translation === undefined) {
    throw new RequestError('OUTDATED', 'This page and the server are of different releases; reload.');
  }
  if (client.personId !== personId) throw new RequestError('WRONG_ACCOUNT', 'Somebody else is signed in here.');
  return translation;
}

export const translated = (answer: ScopeAnswer, translate: Translation): ScopeAnswer =>
  answer.kind === 'delta' || answer.kind === 'truncated' ? { ...answer, rows: answer.rows.map(translate) } : answer;
