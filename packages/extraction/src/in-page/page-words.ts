import type { Dom } from '@runnel/contracts';

/** What selectors may name on a page. */
export interface PageWords {
  tag: string[];
  class: string[];
  id: string[];
  /** Names of attributes. */
  attribute: string[];
  /** Of the attributes that were asked for. */
  values: { name: string; values: string[] }[];
}

/** `within` selects the elements to look at, null the whole page; `valuesOf` names attributes. */
export interface WordsQuery {
  within: string | null;
  valuesOf: string[];
}

/** The words of the page, or of a part of it: at most 5,000 of a kind. A question. */
export function pageWords<Node>(dom: Dom<Node>, { within, valuesOf }: WordsQuery): PageWords {
  const found = {
    tag: new Set<string>(),
    class: new Set<string>(),
    id: new Set<string>(),
    attribute: new Set<string>(),
  };

  const values = valuesOf.map((name) => ({ name, found: new Set<string>() }));

  function add(words: Set<string>, word: string | null): void {
    if (word !== null && word !== '' && word.length <= 200 && words.size < 5000) words.add(word);
  }

  const roots = within === null ? [dom.document] : dom.select(dom.document, within).slice(0, 100);
  const elements = roots.flatMap((root) => dom.select(root, '*'));
  for (const element of [...(within === null ? [] : roots), ...elements]) {
    add(found.tag, dom.tag(element));
    for (const name of dom.attributeNames(element)) add(found.attribute, name);
    add(found.id, dom.attribute(element, 'id'));
    for (const name of (dom.attribute(element, 'class') ?? '').split(/\s+/)) add(found.class, name);
    for (const each of values) add(each.found, dom.attribute(element, each.name));
  }
  return {
    tag: [...found.tag],
    class: [...found.class],
    id: [...found.id],
    attribute: [...found.attribute],
    values: values.map((each) => ({ name: each.name, values: [...each.found] })),
  };
}
