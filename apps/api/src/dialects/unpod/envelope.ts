import { z } from 'zod';

const around = { status_code: z.literal(200), message: z.string() };

export function listAnswer<Item extends z.ZodType>(item: Item) {
  const count = z.number().int().meta({ description: 'Of all pages' });
  return z.object({ count, ...around, data: z.array(item) });
}

export function oneAnswer<Data extends z.ZodType>(data: Data) {
  return z.object({ ...around, data });
}

/** A page of a list in the envelope that all answers have. */
export function listed<Item>(what: string, count: number, data: Item[]) {
  const body = { count, status_code: 200 as const, message: `${what} Fetched Successfully`, data };
  return { status: 200 as const, body };
}

export function one<Data>(message: string, data: Data) {
  return { status: 200 as const, body: { status_code: 200 as const, message, data } };
}
