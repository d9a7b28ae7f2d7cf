import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';

/** Characters, as one writes it. */
const longest = 300;

const label = '[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?';
const host = new RegExp(`^(?=.{1,253}$)${label}(?:\\.${label})*$`);

/**
 * A host as addresses have it, or `*.` and the host below which all are meant; null for what is neither, as with a
 * scheme, a port or a path.
 */
export function domainIn(text: string): string | null {
  if (text.length > longest) return null;
  const [, star = '', name = ''] = /^(\*\.)?(.*)$/s.exec(text.trim()) ?? [];
  if (/[^\p{L}\p{M}\p{N}._-]/u.test(name)) return null;
  const ascii = domainToASCII(name);
  if (!host.test(ascii)) return null;
  return star !== '' && isIP(ascii) !== 0 ? null : `${star}${ascii}`;
}
