import type { Dom } from '@runnel/contracts';

/** What selectors may name on a page. */
export interface PageWords {
  tag: string[];
  class: string[];
  id: string[];
  /** Names of attributes. */
  attribute: string[];
}

/** The words of the page, or of the elements that `within` selects: at most 5,000 of a kind. A question. */
export function pageWords<Node>(dom: Dom<Node>, { within }: { within: string | null }): PageWords {
  const found = {
    tag: new Set<string>(),
    class: new Set<string>(),
    id: new Set<string>(),
    attribute: new Set<string>(),
  };

  function add(kind: keyof PageWords, word: string): void {
    if (word !== '' && word.length <= 200 && found[kind].size < 5000) found[kind].add(word);
  }

  const roots = within === null ? [dom.document] : dom.select(dom.document, within).slice(0, 100);
  const elements = roots.flatMap((root) => dom.select(root, '*'));
  for (const element of [...(within === null ? [] : roots), ...elements]) {
    add('tag', dom.tag(element));
    for (const name of dom.attributeNames(element)) add('attribute', name);
    add('id', dom.attribute(element, 'id') ?? '');
    for (const name of (dom.attribute(element, 'class') ?? '').split(/\s+/)) add('class', name);
  }
  return {
    tag: [...found.tag],
    class: [...found.class],
    id: [...found.id],
    attribute: [...found.attribute],
  };
}
