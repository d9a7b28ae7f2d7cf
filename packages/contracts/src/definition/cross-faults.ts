import { needsOfStep } from './browser-needs';
import { pathOf, wrongWord, type Fault } from './fault';
import { stepSchema, type FollowStep, type Step, type StepOf } from './step/step';

/** A step that is right by itself, and where it stands. */
interface Placed {
  step: Step;
  path: PropertyKey[];
}

/** What is wrong between the parts of a definition that are each right by themselves. */
export function crossFaults(document: unknown): Fault[] {
  const { steps, engine } = (document ?? {}) as { steps?: unknown; engine?: unknown };
  if (!Array.isArray(steps)) return [];
  const placed = steps.flatMap((found: unknown, index): Placed[] => {
    const { data: step } = stepSchema.safeParse(found);
    return step ? [{ step, path: ['steps', index] }] : [];
  });
  return [...(engine === 'http' ? engineFaults(placed) : []), ...followFaults(placed)];
}

function engineFaults(placed: Placed[]): Fault[] {
  return placed
    .flatMap(({ step, path }) => needsOfStep(step, path))
    .map(({ path, reason }) => ({ path, message: `${reason}; take engine "browser" or "auto"` }));
}

/** `follow` reads rows of a list before it, by a field of it, and adds fields that it does not have. */
function followFaults(placed: Placed[]): Fault[] {
  return placed.flatMap(({ step, path }, index) => {
    const inner =
      'steps' in step ? step.steps.map((each, at) => ({ step: each, path: [...path, 'steps', at] })) : [];
    const own = step.type === 'follow' ? faultsOfFollow({ step, path }, listsOf(placed.slice(0, index))) : [];
    const reserved = step.type === 'crawl' ? inner.flatMap(faultsOfCrawled) : [];
    return [...own, ...reserved, ...doubleNames(inner), ...followFaults(inner)];
  });
}

/** Every row of a crawl has these. */
const crawlFields = ['url', 'title', 'depth'];

function faultsOfCrawled({ step, path }: Placed): Fault[] {
  if (step.type === 'navigate') {
    return [
      {
        path: pathOf(path),
        message: 'leaves the page that is crawled; follow its links, or `follow` a list',
      },
    ];
  }
  return joinedNames(step)
    .filter((name) => crawlFields.includes(name))
    .map((name) => ({
      path: pathOf(path),
      message: `${JSON.stringify(name)} is in every row of a crawl already; give the field another name`,
      found: name,
    }));
}

function listsOf(placed: Placed[]): StepOf<'extractList'>[] {
  return placed.map(({ step }) => step).filter((step) => step.type === 'extractList');
}

function faultsOfFollow(
  { step, path }: { step: FollowStep; path: PropertyKey[] },
  lists: StepOf<'extractList'>[],
): Fault[] {
  const list = lists.find(({ name }) => name === step.from);
  if (!list) {
    const names = lists.map(({ name }) => name);
    const fault = wrongWord(pathOf([...path, 'from']), step.from, names);
    return [names.length > 0 ? fault : { ...fault, message: 'no extractList stands before it' }];
  }
  const fields = Object.keys(list.fields);
  const wrongUrl = fields.includes(step.url) ? [] : [wrongWord(pathOf([...path, 'url']), step.url, fields)];
  return [...wrongUrl, ...step.steps.flatMap((inner, at) => collisions(inner, [...path, 'steps', at], list))];
}

/** Fields that the row has before it is followed. */
function collisions(inner: Step, path: PropertyKey[], list: StepOf<'extractList'>): Fault[] {
  const taken = joinedNames(inner).filter((name) => Object.hasOwn(list.fields, name));
  return taken.map((name) => ({
    path: pathOf(path),
    message: `${JSON.stringify(name)} is a field of the list ${JSON.stringify(list.name)} already`,
    found: name,
  }));
}

/** Two steps on one page that would give the row the same field. */
function doubleNames(inner: Placed[]): Fault[] {
  const names = inner.map(({ step }) => joinedNames(step));
  return inner.flatMap(({ path, step }, index) => {
    const earlier = names.slice(0, index).flat();
    // Alternatives by `when` may fill the same field.
    const double =
      step.when === undefined ? joinedNames(step).find((name) => earlier.includes(name)) : undefined;
    if (double === undefined) return [];
    return [
      {
        path: pathOf(path),
        message: `gives the row ${JSON.stringify(double)}, as a step before it does`,
        found: double,
      },
    ];
  });
}

/** What a step on a followed page adds to the row. */
function joinedNames(step: Step): string[] {
  if (step.type === 'extract') return Object.keys(step.fields);
  if (step.type === 'content') return [...step.formats];
  return step.type === 'extractList' ? [step.name] : [];
}
