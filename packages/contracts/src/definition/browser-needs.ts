import type { Definition } from './definition';
import { pathOf } from './fault';
import { browserNeed } from './selector';
import type { Step, StepType } from './step/step';

/** Something in a definition that only a browser can do. */
export interface BrowserNeed {
  /** `steps[2].paginate` */
  path: string;
  reason: string;
}

/** Steps that a fetched page can do as well, all others need a live one. */
const withoutBrowser: ReadonlySet<StepType> = new Set<StepType>([
  'navigate',
  'setViewport',
  'waitForElement',
  'extract',
  'extractList',
  'follow',
  'crawl',
  'content',
  'wait',
  'customStep',
]);
const selectorKeys = new Set(['selector', 'item', 'scope', 'when']);

/** Why a definition cannot run on the `http` engine; empty when it can. */
export function browserNeeds({ steps }: Pick<Definition, 'steps'>): BrowserNeed[] {
  return steps.flatMap((step, index) => needsOfStep(step, ['steps', index]));
}

/** The same for one step, which stands at `path`. */
export function needsOfStep(step: Step, path: PropertyKey[]): BrowserNeed[] {
  if (!withoutBrowser.has(step.type)) return [need(path, `a ${step.type} step needs a browser`)];
  const inner = 'steps' in step ? step.steps : [];
  return [
    ...(step.target === 'main' ? [] : [need([...path, 'target'], 'tabs need a browser')]),
    ...needsOfPagination(step, path),
    ...needsOfConditions(step, path),
    ...needsOfValues({ ...step, steps: undefined }, path),
    ...inner.flatMap((each, index) => needsOfStep(each, [...path, 'steps', index])),
  ];
}

function needsOfPagination(step: Step, path: PropertyKey[]): BrowserNeed[] {
  if (step.type !== 'extractList' || !step.paginate) return [];
  const { by } = step.paginate;
  const isFetched = by === 'next' || by === 'url';
  return isFetched ? [] : [need([...path, 'paginate', 'by'], `pages by "${by}" need a browser`)];
}

function needsOfConditions(step: Step, path: PropertyKey[]): BrowserNeed[] {
  if (step.type !== 'waitForElement') return [];
  return (['properties', 'attributes'] as const)
    .filter((key) => step[key] !== undefined)
    .map((key) => need([...path, key], `${key} of elements need a browser`));
}

/** Selectors and frames, wherever in a step they stand. */
function needsOfValues(value: unknown, path: PropertyKey[]): BrowserNeed[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    const at = [...path, Array.isArray(value) ? Number(key) : key];
    if (key === 'frame' && isFramePath(inner)) return [need(at, 'iframes need a browser')];
    if (key === 'selectors') return [inner].flat(3).flatMap((selector) => needsOfSelector(selector, at));
    return selectorKeys.has(key) && typeof inner === 'string'
      ? needsOfSelector(inner, at)
      : needsOfValues(inner, at);
  });
}

function needsOfSelector(selector: unknown, path: PropertyKey[]): BrowserNeed[] {
  const reason = typeof selector === 'string' ? browserNeed(selector) : null;
  return reason === null ? [] : [need(path, reason)];
}

/** A field may be called `frame` as well; its rule is an object. */
function isFramePath(value: unknown): boolean {
  return typeof value === 'string' || Array.isArray(value);
}

function need(path: PropertyKey[], reason: string): BrowserNeed {
  return { path: pathOf(path), reason };
}
