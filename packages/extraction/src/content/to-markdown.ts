import { highlightedCodeBlock, strikethrough, taskListItems } from '@joplin/turndown-plugin-gfm';
import TurndownService from 'turndown';
import { markdownTables } from './markdown-tables';

/** GitHub's Markdown of HTML that is already clean. */
export function toMarkdown(html: string): string {
  const service = new TurndownService({
    headingStyle: 'atx',
    bulletListMarker: '-',
    codeBlockStyle: 'fenced',
    emDelimiter: '*',
    hr: '---',
  });
  service.use([highlightedCodeBlock, strikethrough, taskListItems, markdownTables]);
  // Markdown has no place for these: a button is what it says, a field nothing.
  service.remove(['input', 'select', 'textarea']);
  return html.trim() === '' ? '' : service.turndown(html);
}
