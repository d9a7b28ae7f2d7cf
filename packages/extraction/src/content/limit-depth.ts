import { isTag, isText, type ParentNode } from 'domhandler';
import { setText } from './readable-code';

/** The writers go over all that an element holds once for each element around it, which is minutes for a hostile page. */
const mostLevels = 128;
/** They put a mark before each line of these, for each level. */
const mostIndents = 16;
const indenting = new Set(['blockquote', 'dd', 'li']);
const lists = new Set(['dl', 'ol', 'ul']);
const inlines = new Set('a b code del em font i s small span strong sub sup u'.split(' '));

/** Makes what is nested too deep its text alone, and quotes and items that are indented too far plain blocks. */
export function limitDepth(parent: ParentNode, level = 1, indents = 0): void {
  for (const child of parent.children) {
    if (!isTag(child)) continue;
    if (indents >= mostIndents && (indenting.has(child.name) || lists.has(child.name))) child.name = 'div';
    if (level < mostLevels) limitDepth(child, level + 1, indents + Number(indenting.has(child.name)));
    else setText(child, textIn(child));
  }
}

/** Words of two blocks stay two words. */
function textIn(parent: ParentNode): string {
  let text = '';
  for (const child of parent.children) {
    if (isText(child)) text += child.data;
    if (isTag(child)) text += inlines.has(child.name) ? textIn(child) : ` ${textIn(child)} `;
  }
  return text;
}
