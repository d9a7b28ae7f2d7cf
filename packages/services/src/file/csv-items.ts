import { pathOf, type Fault } from '@runnel/contracts';
import { CsvError, parse, type CsvErrorCode } from 'csv-parse/sync';
import type { FileItem } from './file-item';
import { wrongName } from './wrong-name';

const mostColumns = 1_000;
/** Below the header. To read them holds up the process: a million take half a second. */
const mostCells = 1_000_000;
const delimiters = [',', ';', '\t'] as const;
/** A mebibyte, as any other body. */
const longestRow = 1024 * 1024;
const isTooLong = `is longer than ${longestRow} characters; a quote may not be closed`;
const isTooMuch = `is where the file passes ${mostCells} cells; split it into several`;

class TooManyCells extends Error {}

interface Row {
  cells: string[];
  /** The line in which it begins. */
  line: number;
}

/** The records of a CSV file: at most `most`. Its first line names the columns, and shows what stands between them. */
export function* csvItems(text: string, most: number): Generator<FileItem> {
  const tooLong = firstLongLine(text);
  if (tooLong !== null) {
    yield { fault: { path: `line ${tooLong}`, message: isTooLong } };
    return;
  }
  const { rows, fault } = readRows(text, most + 1);
  const [header, ...records] = rows;
  if (header) {
    const names = header.cells.map((name) => name.trim());
    const faults = headerFaults(names, header.line);
    for (const told of faults) yield { fault: told };
    if (faults.length > 0) return;
    for (const row of records) yield itemOf(row, names);
    if (records.length === 0 && !fault) yield { fault: noRecords(header.line) };
  }
  if (fault) yield { fault };
}

/** Rows up to the first that is no CSV. */
function readRows(text: string, most: number): { rows: Row[]; fault: Fault | null } {
  const rows: Row[] = [];
  let lines = 0;
  let read = 0;
  const keep = (cells: string[], context: { lines: number }): null => {
    lines = context.lines;
    const isEmpty = cells.every((cell) => cell.trim() === '');
    const isHeader = rows.length === 0 && !isEmpty;
    if (!isHeader) read += cells.length;
    if (read > mostCells) throw new TooManyCells();
    if (!isEmpty && rows.length < most) rows.push({ cells, line: lines - lineEndsIn(cells) });
    return null;
  };
  try {
    parse(text, {
      delimiter: delimiterOf(text),
      record_delimiter: '\n',
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: longestRow,
      on_record: keep,
    });
  } catch (error) {
    if (error instanceof TooManyCells) return { rows, fault: { path: `line ${lines}`, message: isTooMuch } };
    if (!(error instanceof CsvError)) throw error;
    return { rows, fault: faultOf(error, lines) };
  }
  return { rows, fault: null };
}

/** What the first line that is not empty has most of, outside of quotes. */
function delimiterOf(text: string): string {
  const header = /^\s*(.*)/.exec(text)?.[1]?.replace(/"[^"]*"/g, '') ?? '';
  const counts = delimiters.map((delimiter) => header.split(delimiter).length);
  return delimiters[counts.indexOf(Math.max(...counts))] ?? ',';
}

function itemOf({ cells, line }: Row, names: string[]): FileItem {
  if (cells.length !== names.length) {
    const message = `has ${count(cells.length, 'cell')}, and the header names ${count(names.length, 'column')}`;
    return { fault: { path: `line ${line}`, message, found: cells.length, allowed: [String(names.length)] } };
  }
  const value = Object.fromEntries(names.map((name, index) => [name, cells[index]]));
  return { value, at: (keys) => `line ${line}, ${pathOf(keys)}` };
}

function headerFaults(names: string[], line: number): Fault[] {
  if (names.length > mostColumns) {
    const message = `names ${names.length} columns; at most ${mostColumns} may be`;
    return [{ path: `line ${line}`, message }];
  }
  return names.flatMap((name, index) => {
    const message = names.indexOf(name) < index ? 'is the name of another column as well' : wrongName(name);
    return message === null ? [] : [{ path: `line ${line}, column ${index + 1}`, message, found: name }];
  });
}

function noRecords(line: number): Fault {
  const message =
    'is the only line: it names the columns, and no record follows (curl drops line ends unless it is told --data-binary)';
  return { path: `line ${line}`, message };
}

/** What the library says, in our words. `lines`: where the last good row ended. */
function faultOf(error: CsvError, lines: number): Fault {
  const isOpen = error.code === 'CSV_QUOTE_NOT_CLOSED';
  const line = isOpen ? lines + 1 : Number(error['lines']);
  return { path: `line ${line}`, message: messages[error.code] ?? error.message };
}

const messages: Partial<Record<CsvErrorCode, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'opens a quote, here or below, that is never closed',
  INVALID_OPENING_QUOTE: 'has a quote inside a cell; put the cell in quotes and double that one',
  CSV_INVALID_CLOSING_QUOTE: 'goes on behind a closing quote; double a quote that is inside a cell',
  CSV_MAX_RECORD_SIZE: isTooLong,
};

/** The library counts no delimiters: a line of millions of empty cells would cost gigabytes. */
function firstLongLine(text: string): number | null {
  let from = 0;
  for (let line = 1; from < text.length; line += 1) {
    const at = text.indexOf('\n', from);
    const end = at < 0 ? text.length : at;
    if (end - from > longestRow) return line;
    from = end + 1;
  }
  return null;
}

function lineEndsIn(cells: string[]): number {
  return cells.reduce((sum, cell) => sum + (cell.includes('\n') ? cell.split('\n').length - 1 : 0), 0);
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`;
}
