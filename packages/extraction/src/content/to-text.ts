import { convert, type FormatCallback } from 'html-to-text';

/** Plain text of readable HTML: a line for each block, a gap between paragraphs, a line for each row of a table. */
export function toText(html: string): string {
  const text = convert(html, {
    wordwrap: false,
    limits: { maxInputLength: Number.MAX_SAFE_INTEGER },
    formatters: { rows },
    selectors: [
      { selector: 'a', options: { ignoreHref: true } },
      { selector: 'img', format: 'skip' },
      { selector: 'ul', options: { itemPrefix: '- ' } },
      ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({
        selector,
        options: { uppercase: false },
      })),
      { selector: 'table', format: 'rows' },
      ...['dl', 'dd', 'li'].map((selector) => ({
        selector,
        format: 'block',
        options: { leadingLineBreaks: 1, trailingLineBreaks: 1 },
      })),
      ...['input', 'select', 'textarea'].map((selector) => ({ selector, format: 'skip' })),
    ],
  });
  return text.replace(/^[ \t]+$/gm, '');
}

/** Cells are parted by a bar and not by spaces: one long cell would make every row as long. */
const rows: FormatCallback = (table, walk, builder) => {
  const inside = ({ children }: typeof table, ...names: string[]): (typeof table)[] =>
    children.filter(({ name = '' }) => names.includes(name));

  builder.openTable();
  for (const row of inside(table, 'thead', 'tbody', 'tfoot').flatMap((part) => inside(part, 'tr'))) {
    builder.openTableRow();
    for (const cell of inside(row, 'td', 'th')) {
      builder.openTableCell();
      walk(cell.children, builder);
      builder.closeTableCell();
    }
    builder.closeTableRow();
  }
  builder.closeTable({
    tableToString: (lines) =>
      lines.map((cells) => cells.map(({ text }) => inOneLine(text)).join(' | ')).join('\n'),
    leadingLineBreaks: 2,
    trailingLineBreaks: 2,
  });
};

function inOneLine(text: string): string {
  return text.replace(/\s+/g, (gap) => (gap.includes('\n') ? ' ' : gap)).trim();
}
