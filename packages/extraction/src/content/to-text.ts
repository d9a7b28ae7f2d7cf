import { convert } from 'html-to-text';

/** Plain text of HTML that is already clean: a line for each block, a gap between paragraphs, rows of tables in columns. */
export function toText(html: string): string {
  return convert(html, {
    wordwrap: false,
    limits: { maxInputLength: Number.MAX_SAFE_INTEGER },
    selectors: [
      { selector: 'a', options: { ignoreHref: true } },
      { selector: 'img', format: 'skip' },
      { selector: 'ul', options: { itemPrefix: '- ' } },
      ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({
        selector,
        options: { uppercase: false },
      })),
      {
        selector: 'table',
        format: 'dataTable',
        options: { uppercaseHeaderCells: false, maxColumnWidth: 200 },
      },
      ...['input', 'select', 'textarea'].map((selector) => ({ selector, format: 'skip' })),
    ],
  });
}
