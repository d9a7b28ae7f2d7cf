import { Element, isTag } from 'domhandler';
import { appendChild, existsOne, removeElement } from 'domutils';

const sections = new Set(['thead', 'tbody', 'tfoot']);
const cellNames = new Set(['td', 'th']);
const widestSpan = 100;
/** Bounds what is put into one table. */
const mostFilled = 100_000;

/**
 * Makes a table one that has a cell at each place of each row, where spanned places are empty. A table that lays
 * the page out (a single column, tables in tables, or code side by side) becomes blocks, one after the other.
 */
export function arrangeTable(table: Element): void {
  if (liftCaptions(table)) return;
  for (const columns of partsOf(table, new Set(['colgroup', 'col']))) removeElement(columns);
  const rows = rowsOf(table);
  if (isLayout(table, rows)) {
    for (const each of [table, ...partsOf(table, sections), ...rows, ...rows.flatMap(cellsOf)])
      each.name = 'div';
  } else fill(rows);
}

/** A caption stands before its table: they become a block of both. False when there is none. */
function liftCaptions(table: Element): boolean {
  const captions = partsOf(table, new Set(['caption']));
  if (captions.length === 0) return false;
  const inner = elementLike(table, 'table');
  for (const child of [...table.children]) {
    if (!captions.includes(child as Element)) appendChild(inner, child);
  }
  for (const caption of captions) caption.name = 'div';
  table.name = 'div';
  appendChild(table, inner);
  return true;
}

function isLayout(table: Element, rows: Element[]): boolean {
  const holds = (...names: string[]): boolean =>
    existsOne((element) => names.includes(element.name), table.children);
  if (rows.every((row) => cellsOf(row).length < 2)) return true;
  return rows.length === 1 ? holds('table', 'pre') : holds('table');
}

function fill(rows: Element[]): void {
  const places = placesOf(rows);
  const columns = places.reduce((widest, row) => Math.max(widest, row.length), 0);
  const missing = places.reduce((sum, row) => sum + columns - row.length, 0);
  rows.forEach((row, index) => {
    const own = places[index] ?? [];
    if (own.length === 0) {
      removeElement(row);
      return;
    }
    const isPadded = index === 0 || missing <= mostFilled;
    if (isPadded) own.push(...Array<null>(columns - own.length).fill(null));
    row.children = [];
    for (const cell of own) appendChild(row, cell ?? elementLike(row, 'td'));
  });
}

/** What stands at each column of each row: a cell where it begins, else null. */
function placesOf(rows: Element[]): (Element | null)[][] {
  let filled = 0;
  /** By column: how many of the rows to come are spanned. */
  let spanned: number[] = [];

  function placesIn(row: Element): (Element | null)[] {
    const places: (Element | null)[] = [];
    const skip = (): boolean => takeOne(spanned, places.length);
    for (const cell of cellsOf(row)) {
      while (skip()) places.push(null);
      const isFull = filled > mostFilled;
      const below = isFull ? 0 : spanOf(cell, 'rowspan') - 1;
      const width = isFull ? 1 : spanOf(cell, 'colspan');
      for (let column = places.length; column < places.length + width; column += 1) spanned[column] = below;
      places.push(cell, ...Array<null>(width - 1).fill(null));
    }
    for (let column = places.length; column < spanned.length; column += 1) takeOne(spanned, column);
    filled += places.filter((place) => place === null).length;
    return places;
  }

  return rows.map((row, index) => {
    if (row.parent !== rows[index - 1]?.parent || filled > mostFilled) spanned = [];
    return placesIn(row);
  });
}

function takeOne(spanned: number[], column: number): boolean {
  const left = spanned[column] ?? 0;
  if (left > 0) spanned[column] = left - 1;
  return left > 0;
}

function spanOf(cell: Element, name: 'colspan' | 'rowspan'): number {
  const span = Number(cell.attribs[name] ?? 1);
  if (name === 'rowspan') return span === 0 ? Infinity : Math.max(1, Math.floor(span) || 1);
  return Math.min(Math.max(1, Math.floor(span) || 1), widestSpan);
}

/** In the order of the document; those of tables inside do not count. */
function rowsOf(table: Element): Element[] {
  return table.children.filter(isTag).flatMap((child) => {
    if (child.name === 'tr') return [child];
    return sections.has(child.name) ? partsOf(child, new Set(['tr'])) : [];
  });
}

function cellsOf(row: Element): Element[] {
  return partsOf(row, cellNames);
}

function partsOf({ children }: Element, names: ReadonlySet<string>): Element[] {
  return children.filter(isTag).filter(({ name }) => names.has(name));
}

function elementLike({ namespace }: Element, name: string): Element {
  const element = new Element(name, {}, []);
  if (namespace !== undefined) element.namespace = namespace;
  return element;
}
