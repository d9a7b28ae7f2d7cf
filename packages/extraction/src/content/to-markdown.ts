import { strikethrough, taskListItems } from '@joplin/turndown-plugin-gfm';
import TurndownService from 'turndown';
import { markdownBlocks } from './markdown-blocks';
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
  service.use([strikethrough, taskListItems, markdownBlocks, markdownTables]);
  // Markdown has no place for these: a button is what it says, a field nothing.
  service.remove(['input', 'select', 'textarea']);
  return html.trim() === '' ? '' : service.turndown(withoutVoids(html));
}

/** Turndown looks from each blank of a run to the run's end: no text has a thousand side by side. */
function withoutVoids(html: string): string {
  return html.replace(/(?<!\s|&nbsp;)((?:\s|&nbsp;){1000})(?:\s|&nbsp;)+/g, '$1');
}
