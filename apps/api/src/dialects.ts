import type { ApiDeps } from './deps';
import type { Dialect } from './dialect';
import { kognitosDialect } from './dialects/kognitos/dialect';
import { maxunDialect } from './dialects/maxun/dialect';
import { maxunSdkDialect } from './dialects/maxun/sdk/dialect';
import { runtypeDialect } from './dialects/runtype/dialect';
import { unpodDialect } from './dialects/unpod/dialect';

/** All of them. An error at a path that two own is told as the last of them does; at one of nobody's, as the first. */
export function createDialects(deps: ApiDeps): [Dialect, ...Dialect[]] {
  return [
    maxunDialect(deps),
    maxunSdkDialect(deps),
    unpodDialect(deps),
    runtypeDialect(deps),
    kognitosDialect(deps),
  ];
}

/** Whose words an answer at this path has. */
export function dialectOf(dialects: [Dialect, ...Dialect[]], path: string): Dialect {
  return dialects.findLast(({ owns }) => owns(path)) ?? dialects[0];
}
