import { closedObject } from '@runnel/contracts';
import { z } from 'zod';

/** Inputs by name. `names`: those of a list, in its order. */
export interface GivenInputs {
  values: Record<string, unknown>;
  names: string[];
}

const namedInput = closedObject({
  name: z.string().min(1),
  value: z.unknown().refine((value) => value !== undefined, 'is missing'),
});

/** A union would say of a list that it is none of its forms: what its items are is looked at behind it. */
const item = z.unknown().meta({ ...z.toJSONSchema(namedInput), $schema: undefined });

/** Inputs as an object, or as a list of `{ name, value }`. */
export const givenInputs = z
  .union([z.array(item), z.record(z.string(), z.unknown()), z.null()], {
    error: 'must be a list of { name, value }, an object, or null',
  })
  .default(null)
  .transform((given, context): GivenInputs => {
    if (Array.isArray(given)) return readList(given, context);
    return { values: given ?? {}, names: [] };
  });

function readList(items: readonly unknown[], context: z.RefinementCtx): GivenInputs {
  const named = new Map<string, unknown>();
  for (const [index, given] of items.entries()) {
    const { data, error } = namedInput.safeParse(given);
    for (const issue of error?.issues ?? []) context.addIssue({ ...issue, path: [index, ...issue.path] });
    if (!data) continue;
    const message = 'names an input for the second time';
    if (named.has(data.name)) context.addIssue({ code: 'custom', path: [index, 'name'], message });
    named.set(data.name, data.value);
  }
  return { values: Object.fromEntries(named), names: [...named.keys()] };
}
