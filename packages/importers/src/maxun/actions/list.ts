import { closedObject } from '@runnel/contracts';
import { z } from 'zod';
import { selectorsInOrder } from '../fallback';
import { itemFields, type MadeField } from '../fields';
import { touched, type Journey } from '../journey';
import { selectorList, type Located } from '../selector';
import { argument, made, refuse, translator, type SentAction, type Translator } from './translator';

/** Maxun knows no most of pages, and ends any loop after this many turns. */
const maxPages = 1000;

const paginationTypes = ['scrollDown', 'scrollUp', 'clickNext', 'clickLoadMore', 'none', ''] as const;
const pagination = closedObject({
  type: z.enum(paginationTypes).nullish(),
  selector: z.preprocess((sent) => (sent === '' ? null : sent), selectorsInOrder.nullish()),
}).nullish();
type Pagination = z.output<typeof pagination>;

const recorded = closedObject({
  listSelector: selectorList,
  fields: itemFields,
  pagination,
  limit: z.number().nullish(),
});

/** What Maxun's SDK sends: its server finds the fields by looking at the page, when the robot is made. */
const ofSdk = closedObject({
  itemSelector: selectorList,
  fields: itemFields.optional(),
  pagination,
  maxItems: z.number().nullish(),
});

/** What every item has, where nobody says what to read of it. */
const usualFields = {
  text: { selector: ':scope' },
  link: { selector: 'xpath/descendant-or-self::a[@href]', attribute: 'href' },
};

/** Rows of a list; like Maxun, a row whose values were all seen is not given again. */
export const scrapeList: Translator = (action, journey) => {
  const [config] = action.args;
  const isOfSdk = typeof config === 'object' && config !== null && Object.hasOwn(config, 'itemSelector');
  return (isOfSdk ? sdkList : recordedList)(action, journey);
};

const recordedList = translator(z.tuple([recorded]), ([config], action, journey) => {
  const { listSelector: item, fields, limit } = config;
  const keys = { item: 'listSelector', limit: 'limit' };
  return listOf({ item, fields, limit, pagination: config.pagination, keys }, action, journey);
});

const sdkList = translator(z.tuple([ofSdk]), ([config], action, journey) => {
  const { itemSelector: item, fields = usualFields, maxItems: limit } = config;
  const keys = { item: 'itemSelector', limit: 'maxItems' };
  return listOf({ item, fields, limit, pagination: config.pagination, keys }, action, journey);
});

interface SentList {
  item: Located;
  fields: Record<string, MadeField>;
  limit: number | null | undefined;
  pagination: Pagination;
  /** The sender's words. */
  keys: { item: string; limit: string };
}

function listOf({ item, fields, limit, pagination, keys }: SentList, action: SentAction, journey: Journey) {
  const paginate = paginateOf(pagination, { action, journey, frame: item.frame });
  if (paginate !== null) touched(journey, null);
  const inside = (key: string): string => argument(action, 0, key);
  const rules = Object.entries(fields).map(([label, { frame, ...rule }]) => [
    label,
    // A list is read in one frame.
    { ...rule, ...(frame !== undefined && frame !== item.frame && { frame }) },
  ]);
  const step = {
    type: 'extractList',
    name: listName(action, journey),
    ...ofList(item),
    fields: Object.fromEntries(rules) as Record<string, unknown>,
    ...(typeof limit === 'number' && { limit }),
    ...(rules.length > 0 && { unique: Object.keys(fields) }),
    ...(paginate !== null && { paginate }),
  };
  const places = {
    name: `${action.path}.name`,
    item: inside(keys.item),
    fields: inside('fields'),
    limit: inside(keys.limit),
    paginate: inside('pagination'),
  };
  return [made(action, step, places)];
}

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
