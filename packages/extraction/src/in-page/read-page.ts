import type { Dom } from '@runnel/contracts';

/** What to read from a page: one row for each item, or one row from the scope. */
export interface PageQuery {
  /** Selects the items; null reads one row from the scope. */
  item: string | null;
  /** Selects the part of the page to read; null is the whole page. */
  scope: string | null;
  /** Items at the front to leave out. */
  skip: number;
  /** Null: a field that is read elsewhere; its cell is empty. */
  fields: ({ selector: string; attribute: string; all: boolean } | null)[];
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
 * The cells of a page. Text is read from the document and not from its rendering
 * (decisions/0001-text-is-of-the-document.md). A question: it closes over nothing.
 */
export function readPage<Node>(dom: Dom<Node>, query: PageQuery): PageReading {
  const silent = new Set(['script', 'style', 'noscript', 'template']);
  const inline = new Set(
    'a abbr acronym audio b bdi bdo big button cite code data del dfn em font i img input ins kbd label mark meter nobr output picture progress q rp rt ruby s samp select small span strike strong sub sup svg time tt u var video wbr'.split(
      ' ',
    ),
  );

  function textBelow(node: Node): string {
    let text = '';
    for (const child of dom.children(node)) {
      const own = dom.text(child);
      const tag = own === null ? dom.tag(child) : '';
      if (own !== null) text += own;
      else if (inline.has(tag)) text += textBelow(child);
      else if (!silent.has(tag)) text += ` ${textBelow(child)} `;
    }
    return text;
  }

  function absolute(address: string): string {
    try {
      return new URL(address, dom.baseUrl).href;
    } catch {
      return address;
    }
  }

  function valueOf(element: Node, attribute: string): string | null {
    if (attribute === 'text') return textBelow(element).replace(/\s+/g, ' ').trim();
    if (attribute === 'html') return dom.innerHtml(element);
    if (attribute === 'outerHtml') return dom.outerHtml(element);
    const value = dom.attribute(element, attribute);
    return value !== null && (attribute === 'href' || attribute === 'src') ? absolute(value) : value;
  }

  function cellOf(root: Node, field: PageQuery['fields'][number]): string[] {
    const values: string[] = [];
    if (field === null) return values;
    for (const element of dom.select(root, field.selector)) {
      const value = valueOf(element, field.attribute);
      if (value !== null) values.push(value);
      if (values.length > 0 && !field.all) break;
    }
    return values;
  }

  const { baseUrl } = dom;
  const scope = query.scope === null ? dom.document : dom.select(dom.document, query.scope)[0];
  if (scope === undefined) return { scopeFound: false, rows: [], baseUrl };
  const roots = query.item === null ? [scope] : dom.select(scope, query.item).slice(query.skip);
  const rows = roots.map((root) => query.fields.map((field) => cellOf(root, field)));
  return { scopeFound: true, rows, baseUrl };
}
