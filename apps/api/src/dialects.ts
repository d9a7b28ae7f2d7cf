import type { ApiDeps } from './deps';
import type { Dialect } from './dialect';
import { kognitosDialect } from './dialects/kognitos/dialect';
import { maxunDialect } from './dialects/maxun/dialect';
import { maxunSdkDialect } from './dialects/maxun/sdk/dialect';
import { runtypeDialect } from './dialects/runtype/dialect';
import { unpodDialect } from './dialects/unpod/dialect';

/** All of them. Of two that own a path the first has it. */
export function createDialects(deps: ApiDeps): Dialect[] {
  return [
    unpodDialect(deps),
    maxunSdkDialect(deps),
    maxunDialect(deps),
    runtypeDialect(deps),
    kognitosDialect(deps),
  ];
}

/** Whose words an answer at this path has; Maxun's where nobody owns it. */
export function dialectOf(dialects: Dialect[], path: string): Dialect {
  const found =
    dialects.find(({ owns }) => owns(path)) ?? dialects.find(({ document }) => document === 'maxun');
  if (!found) throw new Error('there is no dialect');
  return found;
}
