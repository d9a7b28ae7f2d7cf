import { z } from 'zod';
import { closedObject } from '../fault';
import { pageSelector } from '../selector';

/** What `{{page}}` stands for in an address is no input of the robot. */
export const pageNumber = 'page';

const maxPages = z.number().int().min(1).max(10_000).default(100);

const next = closedObject({ by: z.literal('next'), selector: pageSelector, maxPages });
const loadMore = closedObject({ by: z.literal('loadMore'), selector: pageSelector, maxPages });
const scroll = closedObject({
  by: z.literal('scroll'),
  maxPages,
  /** `up` for lists that grow at their top, like chats. */
  direction: z.enum(['down', 'up']).default('down'),
  /** The element that scrolls; none: the page. */
  selector: pageSelector.optional(),
});
const url = closedObject({
  by: z.literal('url'),
  /** An address with `{{page}}` in it. */
  url: z.string().max(8000, { abort: true }).includes('{{page}}', 'must hold {{page}}'),
  /** The number of the second page, and what each page adds to it. */
  from: z.number().int().min(0).max(1_000_000_000).default(2),
  step: z.number().int().min(1).max(1_000_000).default(1),
  maxPages,
});

/** How to come to the next page of a list. */
export const paginate = z.discriminatedUnion('by', [next, loadMore, scroll, url]);
export const paginateKinds = ['next', 'loadMore', 'scroll', 'url'] satisfies Paginate['by'][];
export type Paginate = z.infer<typeof paginate>;
export type PaginateBy<K extends Paginate['by']> = Extract<Paginate, { by: K }>;
