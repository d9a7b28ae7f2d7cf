import { parseDefinition, type Fault } from '@runnel/contracts';
import { at, isDeeperThan } from '../path';
import type { ReadDefinition } from '../read-definition';
import { documentParts, type DocumentParts } from './document-parts';
import { newJourney, type Journey, type MadeStep } from './journey';
import { formatSteps, openingStep, readMeta, type RobotMeta } from './output-formats';
import { withPlaceholders } from './parameters';
import { asSent, placesOf, plainSteps } from './step-places';
import { translateWorkflow } from './translate-workflow';

/** Deeper than any robot; what is written for each level stays small. */
const maxDepth = 30;

/**
 * A robot of Maxun in our language. What has no word in it is refused by name and place, never left out. Keys of an
 * exported row that stand beside its recording are the server's own and are not read.
 */
export function readMaxunRobot(document: Record<string, unknown>): ReadDefinition {
  const parts = documentParts(document);
  if (isDeeperThan(maxDepth, [parts.workflow.value, parts.meta.value])) {
    const message = `is nested deeper than ${maxDepth} levels`;
    return { definition: null, faults: [{ path: parts.workflow.path, message }] };
  }
  const journey = newJourney();
  journey.faults.push(...parts.faults);
  const { value, names, faults } = withPlaceholders(parts.workflow.value, parts.workflow.path);
  journey.faults.push(...faults);
  const meta = readMeta(parts.meta, journey);
  translate({ ...parts, workflow: { value, path: parts.workflow.path } }, meta, journey);
  // What was refused left gaps, which are no faults of the rest.
  const steps = journey.faults.length > 0 ? withoutGaps(journey.steps) : journey.steps;
  const { definition, faults: rest } = parseDefinition(written(meta, { ...journey, steps }, names));
  if (definition && journey.faults.length === 0) return { definition, name: meta.name, faults: [] };
  const sent = placed(rest, { parts, steps, document });
  return { definition: null, faults: [...journey.faults, ...sent] };
}

function translate({ meta, workflow }: DocumentParts, robot: RobotMeta, journey: Journey): void {
  const { isScrape, url } = robot;
  const isEmpty = (workflow.value ?? null) === null || isEmptyList(workflow.value);
  if (isEmpty && isScrape) {
    if (url === null)
      journey.faults.push({ path: at(meta.path, 'url'), message: 'is missing; must be string' });
    else journey.steps.push(openingStep(url, meta));
  } else {
    translateWorkflow(workflow, journey);
  }
  if (isScrape) journey.steps.push(...formatSteps(meta, journey));
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

function written({ name, description }: RobotMeta, journey: Journey, names: string[]): object {
  const steps = plainSteps(journey.steps);
  const text = JSON.stringify(steps);
  const inputs = names
    .filter((input) => text.includes(`{{${input}}}`))
    .map((input) => ({ name: input, type: 'string', required: true }));
  return {
    ...(name !== null && { title: name }),
    ...(description !== null && { description }),
    ...(inputs.length > 0 && { inputs }),
    ...(journey.robotsTxt !== null && { options: { robotsTxt: journey.robotsTxt } }),
    steps,
  };
}

/** The steps with a page to begin with, wherever steps begin. */
function withoutGaps(steps: MadeStep[]): MadeStep[] {
  const filled = steps.map((made) => (made.inner ? { ...made, inner: withoutGaps(made.inner) } : made));
  return [{ step: { type: 'navigate', url: 'about:blank' }, places: {} }, ...filled];
}

interface Sources {
  parts: DocumentParts;
  steps: MadeStep[];
  document: unknown;
}

function placed(faults: Fault[], { parts, steps, document }: Sources): Fault[] {
  const places = new Map([
    ['', parts.workflow.path],
    ['title', at(parts.meta.path, 'name')],
    ['description', at(parts.meta.path, 'desc')],
    ...placesOf(steps),
  ]);
  return asSent(faults, places, document);
}
