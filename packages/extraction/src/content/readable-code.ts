import { isTag, isText, Text, type Element, type ParentNode } from 'domhandler';
import { appendChild, existsOne, findOne } from 'domutils';

/** What begins on a line of its own where it stands in code. */
const lines = new Set('address blockquote dd div dl dt li ol p pre section table tr ul'.split(' '));
/** What code does not say. */
const mute = new Set('input noscript script select style template textarea'.split(' '));
const languageMark = /^(?:highlight-(?:source-|text-)?|language-|lang-)([a-z0-9][\w#+.-]*)$/i;
/** Sphinx writes these where no language is said. */
const noLanguages = new Set(['default', 'none']);

/** Makes a code block its text alone, with the language that its surroundings tell as its only class. */
export function flattenBlock(pre: Element): void {
  const language = languageOf(pre);
  const text = codeText(pre);
  pre.name = 'pre';
  pre.attribs = language === '' ? {} : { class: `language-${language}` };
  // Who parses it drops the first line break again.
  setText(pre, text.startsWith('\n') ? `\n${text}` : text);
}

/** Makes code in a line its text alone; code around a code block is no more than a block itself. */
export function flattenCode(code: Element): void {
  if (existsOne(({ name }) => name === 'pre', code.children)) {
    code.name = 'div';
    return;
  }
  const text = codeText(code);
  if (text.trim() !== '') setText(code, text);
}

export function setText(element: Element, text: string): void {
  const only = new Text(text);
  element.children = [];
  appendChild(element, only);
}

/** The text as it stands, with line breaks where elements make some. */
function codeText(root: Element): string {
  let text = '';
  let isLineDue = false;

  function add(part: string): void {
    if (part === '') return;
    if (isLineDue && text !== '' && !text.endsWith('\n')) text += '\n';
    isLineDue = false;
    text += part;
  }

  function visit(parent: ParentNode): void {
    for (const child of parent.children) {
      if (isText(child)) add(child.data);
      if (!isTag(child) || mute.has(child.name)) continue;
      if (child.name === 'br') text += '\n';
      const isLine = lines.has(child.name);
      isLineDue ||= isLine;
      visit(child);
      isLineDue ||= isLine;
    }
  }

  visit(root);
  return text;
}

/** What the code, its block or the two elements around it say; empty when they say nothing. */
function languageOf(pre: Element): string {
  const code = findOne(({ name }) => name === 'code', pre.children);
  const parent = pre.parent;
  const named = [code, pre, parent, parent?.parent].flatMap((element) =>
    element && isTag(element) ? (element.attribs['class'] ?? '').split(/\s+/) : [],
  );
  const languages = named.flatMap((word) => languageMark.exec(word)?.[1]?.toLowerCase() ?? []);
  const language = languages.find((each) => !noLanguages.has(each)) ?? '';
  return /^py(thon)?[23]$/.test(language) ? 'python' : language;
}
