import { failure, FailureError } from '@runnel/contracts';
import { html, Parser, Tokenizer, type Token } from 'parse5';
import type { Htmlparser2TreeAdapterMap } from 'parse5-htmlparser2-tree-adapter';

const { NS, TAG_ID } = html;
const maxDepth = 4_096;
const maxAttributes = 1_000;
const concerned = new Set([TAG_ID.SELECT, TAG_ID.OPTION, TAG_ID.OPTGROUP, TAG_ID.HR, TAG_ID.INPUT]);

/**
 * Lets a `<select>` hold any element, as the HTML standard says since 2025 and Chromium does; parse5 7 still throws
 * away all tags in it but those of options. A subclass, for parse5 has no other seam: functions set on each parser
 * cost a third of its speed.
 */
export class PageParser extends Parser<Htmlparser2TreeAdapterMap> {
  override tokenizer = new PageTokenizer(this.options, this);
  #hasBoundedScopes = false;

  override onStartTag(token: Token.TagToken): void {
    // Each tag looks through all that are open: a page that only nests would take minutes.
    if (this.openElements.stackTop > maxDepth) throw tooLarge(`nests more than ${maxDepth} elements`);
    if (concerned.has(token.tagID) && this.#isInSelect() && this.#startInSelect(token)) return;
    super.onStartTag(token);
    if (token.tagID !== TAG_ID.SELECT || this.openElements.currentTagId !== TAG_ID.SELECT) return;
    this._resetInsertionMode();
    this.#boundScopes();
  }

  override onEndTag(token: Token.TagToken): void {
    if (token.tagID === TAG_ID.SELECT && this.#isInSelect()) this.#closeSelect();
    else super.onEndTag(token);
  }

  /** There is no mode for selects any more: what surrounds one tells. */
  override _resetInsertionModeForSelect(index: number): void {
    this.openElements.tagIDs[index] = TAG_ID.UNKNOWN;
    this._resetInsertionMode();
    this.openElements.tagIDs[index] = TAG_ID.SELECT;
  }

  #isInSelect(): boolean {
    const { current } = this.openElements;
    return (
      current !== undefined &&
      'namespace' in current &&
      current.namespace === NS.HTML &&
      this.openElements.hasInScope(TAG_ID.SELECT)
    );
  }

  #closeSelect(): void {
    this.openElements.generateImpliedEndTags();
    this.openElements.popUntilTagNamePopped(TAG_ID.SELECT);
  }

  /** True when nothing remains to be done with the tag. */
  #startInSelect({ tagID }: Token.TagToken): boolean {
    if (tagID === TAG_ID.OPTION) this.openElements.generateImpliedEndTagsWithExclusion(TAG_ID.OPTGROUP);
    if (tagID === TAG_ID.OPTGROUP || tagID === TAG_ID.HR) this.openElements.generateImpliedEndTags();
    if (tagID === TAG_ID.SELECT || tagID === TAG_ID.INPUT) this.#closeSelect();
    return tagID === TAG_ID.SELECT;
  }

  /** An end tag in a select closes nothing outside of it. */
  #boundScopes(): void {
    if (this.#hasBoundedScopes) return;
    this.#hasBoundedScopes = true;
    const { openElements: open } = this;
    for (const name of ['hasInScope', 'hasInButtonScope', 'hasInListItemScope'] as const) {
      const isInScope = open[name].bind(open);
      open[name] = (tagID) => {
        for (let index = open.stackTop; index >= 0; index--) {
          if (open.tagIDs[index] === tagID) return isInScope(tagID);
          if (open.tagIDs[index] === TAG_ID.SELECT) return false;
        }
        return false;
      };
    }
  }
}

/** Each attribute is compared with all of its tag: a tag of a mebibyte would take minutes. */
class PageTokenizer extends Tokenizer {
  protected override _createAttr(start: string): void {
    const { currentToken: tag } = this;
    if (tag && 'attrs' in tag && tag.attrs.length >= maxAttributes) {
      throw tooLarge(`has a <${tag.tagName}> with more than ${maxAttributes} attributes`);
    }
    super._createAttr(start);
  }
}

export function tooLarge(what: string): FailureError {
  return new FailureError(failure('PAGE_TOO_LARGE', `The page ${what}`));
}
