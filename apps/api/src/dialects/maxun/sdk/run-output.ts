import type { Cell, Definition, RowData } from '@runnel/contracts';
import type { ListedRow } from '@runnel/store';
import { z } from 'zod';

const row = z.record(z.string(), z.unknown());
const rows = z.array(row);
const lists = z.record(z.string(), rows);
const documents = z.array(z.object({ content: z.string() })).optional();

/** What a run gave, sorted as Maxun keeps it; what it gave none of is left out. */
export const outputSchema = z.object({
  scrapeSchema: lists.optional(),
  scrapeList: lists.optional(),
  crawl: lists.optional(),
  markdown: documents,
  html: documents,
  text: documents,
  links: z.array(z.string()).optional(),
});

/** The same, flat, as the answer to a start gives it. */
export const flatOutputSchema = z.object({
  textData: row.meta({ description: 'The fields of single pages' }),
  listData: rows.meta({ description: 'The first list; `lists` holds all of them' }),
  crawlData: rows,
  searchData: row,
  text: z.string(),
  markdown: z.string(),
  html: z.string(),
  links: z.array(z.string()),
  summary: z.null(),
  promptResult: z.null(),
  lists,
});

type Lists = Record<string, RowData[]>;

/** The rows of a run by what kind of step read them. */
interface SortedRows {
  extract: Lists;
  extractList: Lists;
  crawl: Lists;
  content: Lists;
}

export function presentOutput(
  definition: Definition,
  listed: readonly ListedRow[],
): z.infer<typeof outputSchema> {
  const { extract, extractList, crawl, content } = sorted(definition, listed);
  const pages = Object.values(content).flat();
  const links = linksIn(pages);
  return {
    ...(!isEmpty(extract) && { scrapeSchema: extract }),
    ...(!isEmpty(extractList) && { scrapeList: extractList }),
    ...(!isEmpty(crawl) && { crawl }),
    ...documentsIn(pages, 'markdown'),
    ...documentsIn(pages, 'html'),
    ...documentsIn(pages, 'text'),
    ...(links.length > 0 && { links }),
  };
}

export function presentFlat(
  definition: Definition,
  listed: readonly ListedRow[],
): z.infer<typeof flatOutputSchema> {
  const { extract, extractList, crawl, content } = sorted(definition, listed);
  const pages = Object.values(content).flat();
  // Of fields with the same name the first is shown.
  const fields = Object.values(extract)
    .flatMap((found) => found.slice(0, 1))
    .reverse();
  return {
    textData: Object.fromEntries(fields.flatMap((found) => Object.entries(found))),
    listData: Object.values(extractList)[0] ?? [],
    crawlData: Object.values(crawl)[0] ?? [],
    searchData: {},
    text: textOf(pages[0]?.['text']),
    markdown: textOf(pages[0]?.['markdown']),
    html: textOf(pages[0]?.['html']),
    links: linksIn(pages.slice(0, 1)),
    summary: null,
    promptResult: null,
    lists: byList(listed),
  };
}

function sorted({ steps }: Definition, listed: readonly ListedRow[]): SortedRows {
  const ofKind = (kind: keyof SortedRows): Lists => {
    const names = new Set(steps.flatMap((step) => (step.type === kind ? [step.name] : [])));
    return byList(listed.filter(({ list }) => names.has(list)));
  };
  return {
    extract: ofKind('extract'),
    extractList: ofKind('extractList'),
    crawl: ofKind('crawl'),
    content: ofKind('content'),
  };
}

/** A list may be called as what every object inherits. */
function byList(listed: readonly ListedRow[]): Lists {
  const found = new Map<string, RowData[]>();
  for (const { list, data } of listed) {
    const rowsOfIt = found.get(list);
    if (rowsOfIt) rowsOfIt.push(data);
    else found.set(list, [data]);
  }
  return Object.fromEntries(found);
}

function documentsIn(pages: readonly RowData[], format: 'markdown' | 'html' | 'text') {
  const found = pages.map((page) => page[format]).filter((cell) => typeof cell === 'string');
  return found.length > 0 ? { [format]: found.map((content) => ({ content })) } : {};
}

/** A page's links are `{ url, text }`. */
function linksIn(pages: readonly RowData[]): string[] {
  const cells = pages.flatMap(({ links }) => (Array.isArray(links) ? links : []));
  return cells.map(addressOf).filter((url) => url !== '');
}

function addressOf(cell: Cell): string {
  if (typeof cell !== 'object' || cell === null || Array.isArray(cell)) return textOf(cell);
  return textOf(cell['url']);
}

function textOf(cell: Cell | undefined): string {
  return typeof cell === 'string' ? cell : '';
}

function isEmpty(found: Lists): boolean {
  return Object.keys(found).length === 0;
}
