import type { IncomingMessage } from 'node:http';

/** Of one connection, not of the whole way (RFC 9110, 7.6.1). */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
]);

/** Never of the connection alone, whatever `Connection` names. */
const endToEnd = ['host', 'content-length'];

/**
 * As they came, in their order and spelling, without those of the connection. For a request `Host` is what the
 * address says, and `Connection` comes next, as browsers have it.
 */
export function forwardedHeaders(raw: readonly string[], { host }: { host: string | null }): string[] {
  const pairs = pairsOf(raw);
  const dropped = droppedOf(pairs);
  if (host !== null) dropped.add('host');
  const kept = pairs.filter(([name]) => {
    const lower = name.toLowerCase();
    return !dropped.has(lower) && !lower.startsWith('proxy-');
  });
  return [...(host === null ? [] : ['Host', host, 'Connection', 'keep-alive']), ...kept.flat()];
}

function droppedOf(pairs: readonly [string, string][]): Set<string> {
  const dropped = new Set(hopByHop);
  for (const [name, value] of pairs) {
    if (name.toLowerCase() !== 'connection') continue;
    for (const named of value.split(',')) dropped.add(named.trim().toLowerCase());
  }
  for (const name of endToEnd) dropped.delete(name);
  // Chunks say how long the body is; a length beside them may be a lie (RFC 9112, 6.3).
  if (pairs.some(([name]) => name.toLowerCase() === 'transfer-encoding')) dropped.add('content-length');
  return dropped;
}

function pairsOf(raw: readonly string[]): [string, string][] {
  return Array.from({ length: raw.length / 2 }, (_, index) => [
    raw[index * 2] ?? '',
    raw[index * 2 + 1] ?? '',
  ]);
}

/** The head of an answer, without what Node does not write. */
export function writableAnswer(answer: IncomingMessage): { status: number; text: string; headers: string[] } {
  const { statusCode = 502, statusMessage = '' } = answer;
  const pairs = pairsOf(forwardedHeaders(answer.rawHeaders, { host: null }));
  const headers = pairs.filter(([name, value]) => isToken.test(name) && !isUnwritable.test(value)).flat();
  return { status: statusCode, text: isUnwritable.test(statusMessage) ? '' : statusMessage, headers };
}

const isToken = /^[\w!#$%&'*+.^`|~-]+$/;
const isUnwritable = /[^\t\x20-\x7e\x80-\xff]/;
