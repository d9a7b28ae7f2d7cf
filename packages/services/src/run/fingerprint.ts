import { createHash } from 'node:crypto';
import { pathOf, type Fault } from '@runnel/contracts';

/** A short hash of each part of a request, by its path: enough to tell what differs, and nothing that it said. */
export type Fingerprint = Record<string, string>;

/** The parts are told by one level; those of `inputs` by their names. */
export function fingerprintOf(request: Record<string, unknown>): Fingerprint {
  const parts = Object.entries(request).flatMap(([name, value]): [string, unknown][] =>
    name === 'inputs' && isObject(value)
      ? Object.entries(value).map(([input, given]) => [pathOf([name, input]), given])
      : [[name, value]],
  );
  return Object.fromEntries(
    parts
      .filter(([, value]) => value !== null && value !== undefined)
      .map(([path, value]) => [path, hashOf(value)]),
  );
}

/** What two requests differ in; empty when they are the same. */
export function differences(first: Fingerprint, second: Fingerprint): Fault[] {
  const paths = [...new Set([...Object.keys(first), ...Object.keys(second)])].sort();
  return paths
    .filter((path) => first[path] !== second[path])
    .map((path) => ({ path, message: howItDiffers(first[path], second[path]) }));
}

function howItDiffers(first: string | undefined, second: string | undefined): string {
  if (first === undefined) return 'was not in the first request with this key';
  if (second === undefined) return 'was in the first request with this key, and is missing here';
  return 'is not what it was in the first request with this key';
}

function hashOf(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(ordered(value)))
    .digest('base64url')
    .slice(0, 16);
}

/** Deeper than anything that is kept: what is nested as deep as its sender likes is told no further. */
const mostLevels = 100;

/** The order of keys makes no difference. */
function ordered(value: unknown, levels = mostLevels): unknown {
  if (levels < 0) return null;
  if (Array.isArray(value)) return value.map((inner) => ordered(inner, levels - 1));
  if (!isObject(value)) return value;
  return Object.keys(value)
    .sort()
    .map((key) => [key, ordered(value[key], levels - 1)]);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
