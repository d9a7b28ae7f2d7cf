import type TurndownService from 'turndown';

/** Code blocks, items and line breaks; what is in `pre` is text alone. */
export function markdownBlocks(service: TurndownService): void {
  service.addRule('codeBlock', {
    filter: 'pre',
    replacement: (_, pre) => {
      const code = pre.textContent.replace(/\n$/, '');
      // A cell is one line.
      if (pre.closest('table')) return `\n${code.split('\n').map(codeSpan).join('\n')}\n`;
      const fence = '`'.repeat(Math.max(3, longestRun(code) + 1));
      const language = pre.className.replace(/^language-/, '');
      return `\n\n${fence}${language}\n${code}\n${fence}\n\n`;
    },
  });
  service.addRule('listItem', {
    filter: 'li',
    replacement: (content, item) => marked(markerOf(item), content) + (item.nextSibling ? '\n' : ''),
  });
  // What a term means is an item below it: so it may hold any block, to any depth.
  service.addRule('definition', {
    filter: 'dd',
    replacement: (content) => `\n${marked('-   ', content)}\n`,
  });
  service.addRule('lineBreak', {
    filter: 'br',
    replacement: (_, { previousSibling, nextSibling }) => {
      // A line that holds nothing parts paragraphs.
      if (previousSibling?.nodeName === 'BR') return '\n\n';
      return nextSibling?.nodeName === 'BR' ? '' : '  \n';
    },
  });
}

/** The content behind a marker, its lines below where it begins; a line without text stays empty. */
function marked(marker: string, content: string): string {
  const lines = content.replace(/^\n+/, '').replace(/(?<!\n)\n+$/, '\n');
  return marker + lines.replace(/\n(?!\n|$)/g, `\n${' '.repeat(marker.length)}`);
}

function markerOf(item: Element): string {
  const list = item.parentElement;
  if (list?.nodeName !== 'OL') return '-   ';
  const start = Number(list.getAttribute('start') ?? 1);
  return `${(Number.isInteger(start) ? start : 1) + Array.prototype.indexOf.call(list.children, item)}.  `;
}

function codeSpan(line: string): string {
  if (line.trim() === '') return '';
  const fence = '`'.repeat(longestRun(line) + 1);
  const gap = /^`|`$/.test(line) ? ' ' : '';
  return fence + gap + line + gap + fence;
}

function longestRun(code: string): number {
  return (code.match(/`+/g) ?? []).reduce((longest, run) => Math.max(longest, run.length), 0);
}
