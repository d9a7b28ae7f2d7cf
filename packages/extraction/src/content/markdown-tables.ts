import type TurndownService from 'turndown';

/**
 * Tables as GitHub writes them. A table that lays a page out (a single column, or tables in tables) is what its
 * cells say, one after the other. The plugin's own rule needs 100 s for 6,000 rows.
 */
export function markdownTables(service: TurndownService): void {
  const layouts = new WeakMap<Node, boolean>();

  function isLayout(table: Element | null): boolean {
    if (table === null) return true;
    const known = layouts.get(table);
    if (known !== undefined) return known;
    const isOne = table.querySelectorAll('table').length > 0 || widestRow(table) < 2;
    layouts.set(table, isOne);
    return isOne;
  }

  service.addRule('tableCell', {
    filter: ['td', 'th'],
    replacement: (content, cell) => {
      if (isLayout(tableOf(cell))) return `\n\n${content}\n\n`;
      const line = content
        .trim()
        .replace(/\s*\n\s*/g, '<br>')
        .replace(/(?<!\\)\|/g, '\\|');
      return ` ${line} |${'  |'.repeat(spanOf(cell) - 1)}`;
    },
  });
  service.addRule('tableRow', {
    filter: 'tr',
    replacement: (content, row) => (isLayout(tableOf(row)) ? content : `|${content}\n`),
  });
  service.addRule('tablePart', {
    filter: ['thead', 'tbody', 'tfoot', 'colgroup', 'col'],
    replacement: (content) => content,
  });
  service.addRule('tableCaption', { filter: 'caption', replacement: (content) => `${content.trim()}\n\n` });
  service.addRule('table', {
    filter: 'table',
    replacement: (content, table) =>
      `\n\n${isLayout(table) ? content : withDivider(content, widestRow(table))}\n\n`,
  });
}

/** The first row is the head: GitHub knows no table without one. */
function withDivider(content: string, columns: number): string {
  const start = content.search(/^\|/m);
  const lines = content
    .slice(start)
    .split('\n')
    .filter((line) => line !== '');
  const [head = '', ...rest] = lines.map((line) => line + '  |'.repeat(Math.max(0, columns - cellsIn(line))));
  return [content.slice(0, start) + head, `|${' --- |'.repeat(columns)}`, ...rest].join('\n');
}

function cellsIn(line: string): number {
  return (line.match(/(?<!\\)\|/g)?.length ?? 1) - 1;
}

function widestRow(table: Element): number {
  const rows = Array.from(table.querySelectorAll('tr')).map((row) => {
    let width = 0;
    for (let cell = row.firstElementChild; cell !== null; cell = cell.nextElementSibling)
      width += spanOf(cell);
    return width;
  });
  return rows.reduce((widest, width) => Math.max(widest, width), 0);
}

function spanOf(cell: Node): number {
  const span = Number((cell as Element).getAttribute('colspan') ?? 1);
  return Number.isInteger(span) ? Math.min(Math.max(span, 1), 100) : 1;
}

function tableOf(node: Node): Element | null {
  let parent = node.parentNode;
  while (parent !== null && parent.nodeName !== 'TABLE') parent = parent.parentNode;
  return parent as Element | null;
}
