import { isUrl } from '@runnel/contracts';
import { z } from 'zod';

/** A path of Maxun's `includePaths`: the page and those below it, or a pattern, as globs of ours. */
export const pathPattern = z.string().transform((sent, context): string[] => {
  const plain = sent.replace(/^\^/, '').replace(/\$$/, '').replaceAll('\\/', '/').replaceAll('.*', '**');
  if (plain === '' || /[()[\]{}|\\+?^$]/.test(plain)) {
    const message = 'is a pattern that cannot be written as a glob; write paths like /blog or /blog/**';
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  }
  const isWhole = plain.includes('://');
  const path = isWhole || plain.startsWith('/') || plain.startsWith('*') ? plain : `/${plain}`;
  return path.includes('*') ? [path] : [path, `${path.replace(/\/$/, '')}/**`];
});

interface ScopeFault {
  key: 'mode' | 'includePaths';
  message: string;
}

/** The globs of the pages below an address, or of its host's subdomains; `paths` narrow the latter. */
export function crawlScope(
  mode: 'subdomain' | 'path',
  address: string | null,
  paths: string[],
): { globs: string[]; fault: null } | { globs: null; fault: ScopeFault } {
  const url = address !== null && isUrl(address) ? new URL(address) : null;
  if (url === null) {
    const message = 'is measured by the page before, whose address shows in a run only; write `includePaths`';
    return { globs: null, fault: { key: 'mode', message } };
  }
  if (mode === 'subdomain') return { globs: ofSubdomains(url, paths), fault: null };
  if (paths.length > 0) {
    const message = 'cannot narrow mode "path"; write all of each path here and take mode "domain"';
    return { globs: null, fault: { key: 'includePaths', message } };
  }
  const path = url.pathname.replace(/\/$/, '');
  return { globs: path === '' ? [] : [path, `${path}/**`], fault: null };
}

function ofSubdomains({ hostname, port }: URL, paths: string[]): string[] {
  const host = `${hostname.replace(/^www\./, '')}${port === '' ? '' : `:${port}`}`;
  const hosts = `{http,https}://{${host},*.${host}}`;
  const whole = paths.filter((path) => path.includes('://'));
  const below = paths.filter((path) => !path.includes('://'));
  if (paths.length === 0) return [`${hosts}/**`];
  return [...below.map((path) => `${hosts}${path.startsWith('/') ? path : `/${path}`}`), ...whole];
}
