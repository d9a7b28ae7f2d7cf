import { parseDefinition, type Fault } from '@runnel/contracts';
import { at } from './path';
import type { ReadDefinition } from './read-definition';

/** What the Recorder's own steps are called. */
const recorderSteps = new Set(
  'setViewport navigate click doubleClick hover change keyDown keyUp scroll waitForElement waitForExpression close emulateNetworkConditions customStep'.split(
    ' ',
  ),
);
/** Keys that only a definition of ours has. */
const ourKeys = ['inputs', 'additionalInputs', 'engine', 'options', 'description'];
const ourStepKeys = ['optional', 'when'];

/**
 * A definition of ours, or a recording of Chrome, which is one as it is. Chrome's player leaves out keys of a recording
 * that it does not know, as other versions and extensions write them; so they are here, unless they look misspelt.
 */
export function readRecording(document: unknown): ReadDefinition {
  const first = parseDefinition(document);
  const leftOut = isRecording(document) ? first.faults.filter(isLeftOut).map(({ path }) => path) : [];
  const read = leftOut.length > 0 ? parseDefinition(without(document, new Set(leftOut))) : first;
  if (!read.definition) return { definition: null, faults: read.faults };
  return { definition: read.definition, name: nameOf(read.definition.title), faults: [] };
}

/** The title as a robot's name; null when there is nothing in it. */
function nameOf(title: string | undefined): string | null {
  const name = (title ?? '').trim();
  return name === '' ? null : name;
}

function isRecording(document: unknown): boolean {
  const { title, steps, ...rest } = (document ?? {}) as Record<string, unknown>;
  if (typeof title !== 'string' || !Array.isArray(steps)) return false;
  return !ourKeys.some((key) => key in rest) && steps.every(isRecorderStep);
}

function isRecorderStep(step: unknown): boolean {
  if (typeof step !== 'object' || step === null || !('type' in step)) return false;
  return recorderSteps.has(String(step.type)) && !ourStepKeys.some((key) => key in step);
}

/** What the player leaves out: keys that it does not know, and some that say nothing. */
function isLeftOut({ path, message, found, didYouMean }: Fault): boolean {
  const isForeign = message.startsWith('is not known here') && didYouMean === undefined;
  return (
    isForeign || (found === null && /(^|\.)(timeout|target|assertedEvents|selectorAttribute)$/.test(path))
  );
}

/** A copy without what stands at these paths. */
function without(value: unknown, paths: ReadonlySet<string>, path = ''): unknown {
  if (Array.isArray(value)) return value.map((inner, index) => without(inner, paths, at(path, index)));
  if (typeof value !== 'object' || value === null) return value;
  const kept = (Object.entries(value) as [string, unknown][]).filter(([key]) => !paths.has(at(path, key)));
  return Object.fromEntries(kept.map(([key, inner]) => [key, without(inner, paths, at(path, key))]));
}
