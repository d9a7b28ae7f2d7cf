import { closedObject } from '@runnel/contracts';
import { z } from 'zod';
import { selectorsInOrder } from '../fallback';
import { itemFields } from '../fields';
import { touched, type Journey } from '../journey';
import { selectorList, type Located } from '../selector';
import { argument, made, refuse, translator, type SentAction } from './translator';

/** Maxun knows no most of pages, and ends any loop after this many turns. */
const maxPages = 1000;

const paginationTypes = ['scrollDown', 'scrollUp', 'clickNext', 'clickLoadMore', 'none', ''] as const;
const pagination = closedObject({
  type: z.enum(paginationTypes).nullish(),
  selector: z.preprocess((sent) => (sent === '' ? null : sent), selectorsInOrder.nullish()),
}).nullish();
type Pagination = z.output<typeof pagination>;

const listConfig = closedObject({
  listSelector: selectorList,
  fields: itemFields,
  pagination,
  limit: z.number().nullish(),
});

/** Rows of a list; like Maxun, a row whose values were all seen is not given again. */
export const scrapeList = translator(z.tuple([listConfig]), ([config], action, journey) => {
  const { listSelector, fields, limit } = config;
  const paginate = paginateOf(config.pagination, { action, journey, frame: listSelector.frame });
  if (paginate !== null) touched(journey, null);
  const inside = (key: string): string => argument(action, 0, key);
  const rules = Object.entries(fields).map(([label, { frame, ...rule }]) => [
    label,
    // A list is read in one frame.
    { ...rule, ...(frame !== undefined && frame !== listSelector.frame && { frame }) },
  ]);
  const step = {
    type: 'extractList',
    name: listName(action, journey),
    ...ofList(listSelector),
    fields: Object.fromEntries(rules) as Record<string, unknown>,
    ...(typeof limit === 'number' && { limit }),
    ...(rules.length > 0 && { unique: Object.keys(fields) }),
    ...(paginate !== null && { paginate }),
  };
  const places = {
    name: `${action.path}.name`,
    item: inside('listSelector'),
    fields: inside('fields'),
    limit: inside('limit'),
    paginate: inside('pagination'),
  };
  return [made(action, step, places)];
});

/** All the text of each item. */
export const scrapeListAuto = translator(z.tuple([selectorList]), ([located], action, journey) => {
  const step = {
    type: 'extractList',
    name: listName(action, journey),
    ...ofList(located),
    fields: { text: ':scope' },
    unique: ['text'],
  };
  return [made(action, step, { name: `${action.path}.name`, item: argument(action, 0) })];
});

/** The sender's name for a list, or Maxun's for one without: `List 1`. */
export function listName(action: SentAction, journey: Journey): string {
  journey.lists += 1;
  return action.name ?? `List ${journey.lists}`;
}

export function ofList({ selector, frame }: Located): { item: string; frame?: string } {
  return { item: selector, ...(frame !== undefined && { frame }) };
}

interface ListPlace {
  action: SentAction;
  journey: Journey;
  frame: string | undefined;
}

type Paginate = Record<string, unknown> | null;

/** Null when the list has one page, or its pagination is refused. */
function paginateOf(sent: Pagination, place: ListPlace): Paginate {
  const type = sent?.type ?? 'none';
  const selector = sent?.selector ?? null;
  if (type === 'none' || type === '') return null;
  return type === 'scrollDown' || type === 'scrollUp'
    ? scrollOf(type, selector, place)
    : clickOf(type, selector, place);
}

function scrollOf(type: 'scrollDown' | 'scrollUp', selector: Located | null, place: ListPlace): Paginate {
  if (selector) return refused(place, `is not used by "${type}": leave it empty`);
  return { by: 'scroll', maxPages, ...(type === 'scrollUp' && { direction: 'up' }) };
}

function clickOf(type: 'clickNext' | 'clickLoadMore', selector: Located | null, place: ListPlace): Paginate {
  if (!selector) return refused(place, `is missing; "${type}" needs the selector of what is clicked`);
  if (selector.frame !== place.frame) return refused(place, 'is not in the frame of its list');
  return { by: type === 'clickNext' ? 'next' : 'loadMore', selector: selector.selector, maxPages };
}

function refused({ action, journey }: ListPlace, message: string): null {
  refuse(journey, argument(action, 0, 'pagination', 'selector'), { message });
  return null;
}
