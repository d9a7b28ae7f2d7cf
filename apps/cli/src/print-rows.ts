import type { RowData } from '@runnel/contracts';
import Table from 'cli-table3';

const widestCell = 60;

/** The first rows of a list as a table, with the count of all. */
export function rowsTable(list: string, rows: RowData[], shown = Infinity): string {
  const head = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const table = new Table({ head, style: { head: [], border: [], compact: true } });
  table.push(...rows.slice(0, shown).map((row) => head.map((name) => cellText(row[name]))));
  const more = rows.length > shown ? `\n… and ${rows.length - shown} more` : '';
  return `\n${list} (${rows.length})\n${table.toString()}${more}`;
}

function cellText(value: unknown): string {
  const text = typeof value === 'string' ? value : ((JSON.stringify(value) as string | undefined) ?? '');
  return text.length > widestCell ? `${text.slice(0, widestCell - 1)}…` : text;
}
