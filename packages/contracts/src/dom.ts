/**
 * The little of a document that reading needs. A live page gives it by its own DOM, a page that was only fetched
 * by an HTML parser's tree: so one reading function serves both engines.
 */
export interface Dom<Node> {
  readonly document: Node;
  readonly url: string;
  /** What relative addresses are relative to. */
  readonly baseUrl: string;
  /** The elements below `root` that a selector matches, in document order. */
  select(root: Node, selector: string): Node[];
  /** Elements and texts in order; nothing else. */
  children(node: Node): Node[];
  /** The characters of a text; null for an element. */
  text(node: Node): string | null;
  /** Lower case; empty for the document. */
  tag(node: Node): string;
  attribute(node: Node, name: string): string | null;
  attributeNames(node: Node): string[];
  parent(node: Node): Node | null;
  innerHtml(node: Node): string;
  outerHtml(node: Node): string;
  /** False when it is known not to be seen. */
  isShown(node: Node): boolean;
}

/**
 * Asks a document for something. It is sent into pages as source text, so it closes over nothing: no imports,
 * no module's constants.
 */
export type Question<Argument, Answer> = <Node>(dom: Dom<Node>, argument: Argument) => Answer;

/** A page that was fetched and parsed: it answers as its live document would, had that no scripts. */
export interface ParsedPage {
  ask<Argument, Answer>(question: Question<Argument, Answer>, argument: Argument): Answer;
}

export type ParseHtml = (page: { html: string; url: string }) => ParsedPage;
