import type { FieldRule } from '@runnel/contracts';

/** True for a field whose rule says what its absence means. */
export function mayBeMissing({ type, default: fallback }: Pick<FieldRule, 'type' | 'default'>): boolean {
  return type === 'boolean' || fallback !== undefined;
}
