import { z } from 'zod';
import { isSameSignature, sign } from '../../sign';

/** What an upload address allows: one file of one space, under one name, for a while. */
const policySchema = z.object({
  spaceId: z.uuid(),
  /** Who asked for it; an address of an earlier version does not say. */
  keyId: z.uuid().nullable().default(null),
  fileId: z.uuid(),
  name: z.string(),
  /** Milliseconds since 1970. */
  until: z.number(),
});

export type UploadPolicy = z.infer<typeof policySchema>;

/** The policy as the query of an upload address carries it. */
export function signedQuery(key: Buffer, given: z.input<typeof policySchema>): string {
  const policy = Buffer.from(JSON.stringify(given)).toString('base64url');
  const signature = sign(key, ['upload', policy]).toString('base64url');
  return new URLSearchParams({ policy, signature }).toString();
}

/** What a policy says of itself, not believed yet; null when it says nothing. */
export function policyIn(text: string): UploadPolicy | null {
  try {
    return policySchema.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
  } catch {
    return null;
  }
}

export function isSigned(key: Buffer, { policy, signature }: { policy: string; signature: string }): boolean {
  return isSameSignature(Buffer.from(signature, 'base64url'), sign(key, ['upload', policy]));
}
