import {
  failure,
  FailureError,
  type Dom,
  type ParsedPage,
  type SelectorAlternatives,
  type StepOf,
} from '@runnel/contracts';
import { describeSelectors } from '../step-selector';

type Wanted = StepOf<'waitForElement'>;

const compare: Record<Wanted['operator'], (found: number, count: number) => boolean> = {
  '>=': (found, count) => found >= count,
  '==': (found, count) => found === count,
  '<=': (found, count) => found <= count,
};

/** A page that was fetched does not change, so what it does not hold now is not waited for. @throws FailureError */
export function waitForElement(step: Wanted, page: ParsedPage, url: string): void {
  const { selectors, operator, count, visible } = step;
  if (step.properties ?? step.attributes) {
    const message = 'A waitForElement step with properties or attributes needs a browser';
    throw new FailureError(failure('NEEDS_BROWSER', message));
  }
  const found = page.ask(countFirstMatching, selectors);
  if (compare[operator](found, count) === visible) return;
  const what = `${visible ? '' : 'not '}${operator} ${count} of ${describeSelectors(selectors)} on ${url}`;
  const message = `Waited for ${what}, found ${found}`;
  throw new FailureError(failure('ELEMENT_NOT_FOUND', message, { selectors: selectors.flat() }));
}

/** How many elements the first alternative that matches any matches; a chain goes on below what it found. */
function countFirstMatching<Node>(dom: Dom<Node>, alternatives: SelectorAlternatives): number {
  for (const alternative of alternatives) {
    let found = [dom.document];
    for (const selector of [alternative].flat()) {
      found = [...new Set(found.flatMap((root) => dom.select(root, selector)))];
    }
    if (found.length > 0) return found.length;
  }
  return 0;
}
