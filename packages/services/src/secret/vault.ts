import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const cipher = 'aes-256-gcm';
const version = 1;
const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;
const nonceEnd = 1 + nonceBytes;

/** Bytes that only the installation can read, and the key that it needs for that. */
export interface Sealed {
  keyId: string;
  /** Version, nonce, ciphertext, tag. */
  sealed: Buffer;
}

/** What is sealed cannot be opened; why, and nothing of what it says. */
export class CannotOpenError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'CannotOpenError';
  }
}

/** Seals and opens with the keys of the installation: the first of them seals, all open. */
export class Vault {
  readonly #keys: ReadonlyMap<string, Buffer>;

  private constructor(keys: [string, Buffer][]) {
    this.#keys = new Map(keys);
  }

  /** The keys in `id:base64,…`. @throws Error that names the place of the first one that is none, and no key */
  static parse(text: string): Vault {
    const keys = text.split(',').map((entry, index) => keyIn(entry.trim(), `key ${index + 1}`));
    const ids = keys.map(([id]) => id);
    const twice = ids.findIndex((id, index) => ids.indexOf(id) < index);
    if (twice !== -1) throw new Error(`key ${twice + 1} has the id of one before it`);
    return new Vault(keys);
  }

  /** The key that seals. */
  get keyId(): string {
    return [...this.#keys.keys()][0] ?? '';
  }

  /** True when it opens what this key sealed. */
  holds(keyId: string): boolean {
    return this.#keys.has(keyId);
  }

  /** `about`: where it is kept. Only what says the same opens it: it cannot be moved to another place. */
  seal(bytes: Buffer, about: string[]): Sealed {
    const { keyId } = this;
    const nonce = randomBytes(nonceBytes);
    const sealing = createCipheriv(cipher, this.#key(keyId), nonce, { authTagLength: tagBytes });
    sealing.setAAD(bound(about, keyId));
    const text = Buffer.concat([sealing.update(bytes), sealing.final()]);
    return { keyId, sealed: Buffer.concat([Buffer.of(version), nonce, text, sealing.getAuthTag()]) };
  }

  /** @throws CannotOpenError */
  open({ keyId, sealed }: Sealed, about: string[]): Buffer {
    const key = this.#key(keyId);
    const isWhole = sealed.length >= nonceEnd + tagBytes && sealed[0] === version;
    if (!isWhole) throw notAsSealed();
    const opening = createDecipheriv(cipher, key, sealed.subarray(1, nonceEnd), { authTagLength: tagBytes });
    opening.setAAD(bound(about, keyId));
    opening.setAuthTag(sealed.subarray(-tagBytes));
    const text = opening.update(sealed.subarray(nonceEnd, -tagBytes));
    try {
      return Buffer.concat([text, opening.final()]);
    } catch {
      throw notAsSealed();
    }
  }

  #key(keyId: string): Buffer {
    const key = this.#keys.get(keyId);
    if (key) return key;
    throw new CannotOpenError(
      `it was sealed with the key "${keyId}", which RUNNEL_SECRET_KEYS does not hold`,
    );
  }
}

function keyIn(entry: string, place: string): [string, Buffer] {
  const [, id, text = ''] = /^([\w-]{1,32}):([A-Za-z0-9+/]+={0,2})$/.exec(entry) ?? [];
  if (id === undefined) throw new Error(`${place} is not like id:base64`);
  const key = Buffer.from(text, 'base64');
  if (key.length === keyBytes) return [id, key];
  throw new Error(`${place} has ${key.length} bytes and must have ${keyBytes}`);
}

/** Each part behind its length: no two lists of parts look the same. */
function bound(about: string[], keyId: string): Buffer {
  const parts = [...about, keyId].flatMap((part) => {
    const bytes = Buffer.from(part);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return [length, bytes];
  });
  return Buffer.concat(parts);
}

function notAsSealed(): CannotOpenError {
  return new CannotOpenError('it was changed since it was sealed, or belongs to another place');
}
