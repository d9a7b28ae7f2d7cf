import type { Response } from 'express';

/** What a browser shows without running anything of it. */
const shownAsSent = /^(?:image\/(?:png|jpeg|gif|webp|avif|bmp)|application\/pdf)$/;
const texts =
  /^(?:text\/|application\/(?:json|xml|x-ndjson|ecmascript|javascript)\b|[\w.-]+\/[\w.-]+\+(?:json|xml)\b)/;

/** Sends bytes that came from elsewhere: to be kept, and by no browser to be opened as a page of this address. */
export function sendFile(
  response: Response,
  { name, contentType, bytes }: { name: string; contentType: string; bytes: Buffer },
): void {
  // It guesses a type by the name, which is not ours: ours is set behind it.
  response.attachment(name);
  response.setHeader('content-type', safeType(contentType));
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('content-security-policy', "sandbox; default-src 'none'; frame-ancestors 'none'");
  response.setHeader('cache-control', 'private, no-store');
  response.send(bytes);
}

/** What could hold a script is text. */
function safeType(contentType: string): string {
  const [type = ''] = contentType.toLowerCase().split(';');
  if (shownAsSent.test(type.trim())) return type.trim();
  return texts.test(type.trim()) ? 'text/plain; charset=utf-8' : 'application/octet-stream';
}
