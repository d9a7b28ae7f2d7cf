/** What to read from a page: one row for each item, or one row from the scope. */
export interface PageQuery {
  /** CSS of the items; null reads one row from the scope. */
  item: string | null;
  /** CSS of the part of the page to read; null is the whole page. */
  scope: string | null;
  fields: { selector: string; attribute: string; all: boolean }[];
}

export interface PageReading {
  /** False when a scope was asked for and is not there. */
  scopeFound: boolean;
  /** A row is a list of cells, in the order of the fields; a cell is what its selector matched. */
  rows: string[][][];
  /** What relative addresses are relative to. */
  baseUrl: string;
}

/**
 * Runs in the page, so it closes over nothing. Text is read from the document and not from its rendering
 * (decisions/0001-text-is-of-the-document.md).
 */
export function readPage(query: PageQuery): PageReading {
  const silent = new Set(['script', 'style', 'noscript', 'template']);
  const inline = new Set(
    'a abbr acronym audio b bdi bdo big button cite code data del dfn em font i img input ins kbd label mark meter nobr output picture progress q rp rt ruby s samp select small span strike strong sub sup svg time tt u var video wbr'.split(
      ' ',
    ),
  );

  function textOf(element: Element): string {
    let text = '';
    const visit = (node: Node): void => {
      for (const child of node.childNodes) {
        if (child.nodeType === Node.TEXT_NODE) text += (child as Text).data;
        if (child.nodeType !== Node.ELEMENT_NODE) continue;
        const tag = (child as Element).localName;
        if (silent.has(tag)) continue;
        const gap = inline.has(tag) ? '' : ' ';
        text += gap;
        visit(child);
        text += gap;
      }
    };
    visit(element);
    return text.replace(/\s+/g, ' ').trim();
  }

  function absolute(address: string): string {
    try {
      return new URL(address, document.baseURI).href;
    } catch {
      return address;
    }
  }

  function valueOf(element: Element, attribute: string): string | null {
    if (attribute === 'text') return textOf(element);
    if (attribute === 'html') return element.innerHTML;
    if (attribute === 'outerHtml') return element.outerHTML;
    const value = element.getAttribute(attribute);
    return value !== null && (attribute === 'href' || attribute === 'src') ? absolute(value) : value;
  }

  function matches(root: Document | Element, selector: string): Element[] {
    if (selector.trim() === ':scope') return [root instanceof Document ? root.documentElement : root];
    return [...root.querySelectorAll(selector)];
  }

  function cellOf(root: Document | Element, field: PageQuery['fields'][number]): string[] {
    const values = matches(root, field.selector)
      .map((element) => valueOf(element, field.attribute))
      .filter((value) => value !== null);
    return field.all ? values : values.slice(0, 1);
  }

  const scope = query.scope === null ? document : document.querySelector(query.scope);
  if (scope === null) return { scopeFound: false, rows: [], baseUrl: document.baseURI };
  const roots = query.item === null ? [scope] : matches(scope, query.item);
  const rows = roots.map((root) => query.fields.map((field) => cellOf(root, field)));
  return { scopeFound: true, rows, baseUrl: document.baseURI };
}
