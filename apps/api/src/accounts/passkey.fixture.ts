/** A passkey as a browser makes it, without a device: such a one says nothing about who made it, so nothing is signed. */
import { isoCBOR } from '@simplewebauthn/server/helpers';
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';

export function newPasskey({ origin, challenge }: { origin: string; challenge: string }) {
  const id = randomBytes(16);
  const clientData = JSON.stringify({ type: 'webauthn.create', challenge, origin, crossOrigin: false });
  const attestation = isoCBOR.encode(
    new Map<string, string | Uint8Array | Map<string, string>>([
      ['fmt', 'none'],
      ['attStmt', new Map<string, string>()],
      ['authData', new Uint8Array(authenticatorData(new URL(origin).hostname, id))],
    ]),
  );
  return {
    id: id.toString('base64url'),
    rawId: id.toString('base64url'),
    type: 'public-key',
    clientExtensionResults: {},
    response: {
      clientDataJSON: Buffer.from(clientData).toString('base64url'),
      attestationObject: Buffer.from(attestation).toString('base64url'),
    },
  };
}

function authenticatorData(host: string, id: Buffer): Buffer {
  const presentVerifiedWithKey = Buffer.from([0x45]);
  const [counter, model] = [Buffer.alloc(4), Buffer.alloc(16)];
  const length = Buffer.from([0, id.length]);
  const site = createHash('sha256').update(host).digest();
  return Buffer.concat([site, presentVerifiedWithKey, counter, model, length, id, publicKey()]);
}

/** As COSE writes it: an elliptic curve key for ES256. */
function publicKey(): Uint8Array {
  const { x = '', y = '' } = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' });
  const point = (text: string) => new Uint8Array(Buffer.from(text, 'base64url'));
  return isoCBOR.encode(
    new Map<number, number | Uint8Array>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, point(x)],
      [-3, point(y)],
    ]),
  );
}
