import { closedObject, parseWithFaults } from '@runnel/contracts';
import { z } from 'zod';
import { at, join } from '../path';
import { actions, refusals } from './actions';
import type { SentAction } from './actions/translator';
import { allPresent, conditions } from './conditions';
import type { Part } from './document-parts';
import type { Condition, Journey, MadeStep } from './journey';

const maxActions = 1000;

const pairSchema = closedObject({
  id: z.unknown().optional(),
  where: z.unknown().optional(),
  what: z.array(z.unknown()),
});
const actionSchema = closedObject({
  action: z.string(),
  args: z.unknown().optional(),
  name: z.string().nullish(),
  actionId: z.unknown().optional(),
});
const actionName = z.enum(Object.keys(actions));

/** Puts the steps of a workflow's pairs, the last pair first, and what is wrong with them, into the journey. */
export function translateWorkflow({ value, path }: Part, journey: Journey): void {
  const pairs = read(z.array(z.unknown()), { value, path }, journey) ?? [];
  const whole = { steps: journey.steps };
  const sent = pairs.map((pair, index) => {
    const place = at(path, index);
    return { pair: read(pairSchema, { value: pair, path: place }, journey), place };
  });
  const count = sent.reduce((sum, { pair }) => sum + (pair?.what.length ?? 0), 0);
  if (count > maxActions || pairs.length > maxActions) {
    journey.faults.push({ path, message: `has more than ${maxActions} actions` });
    return;
  }
  for (const { pair, place } of sent.toReversed()) {
    if (pair) translatePair({ where: pair.where, what: pair.what }, place, journey);
  }
  journey.steps = whole.steps;
}

function translatePair(pair: { where: unknown; what: unknown[] }, path: string, journey: Journey): void {
  journey.condition = conditionOf({ value: pair.where ?? {}, path: at(path, 'where') }, journey);
  if (journey.condition) journey.steps.push(conditionWait(journey.condition));
  for (const [index, value] of pair.what.entries()) {
    const action = actionIn({ value, path: at(path, 'what', index) }, journey);
    if (action) translateAction(action, journey);
  }
}

function translateAction(action: SentAction, journey: Journey): void {
  const translate = Object.hasOwn(actions, action.type) ? actions[action.type] : undefined;
  if (!translate) {
    refuseAction(action, journey);
    return;
  }
  const made = translate(action, journey).map((each) => conditioned(each, journey));
  journey.steps.push(...made);
  // What comes after is done on each page that this step opens.
  const inner = made.at(-1)?.inner;
  if (!inner) return;
  journey.steps = inner;
  journey.isBehindLinks = true;
}

function actionIn(part: Part, journey: Journey): SentAction | null {
  const sent = read(actionSchema, part, journey);
  if (!sent) return null;
  const isList = Array.isArray(sent.args) || sent.args === undefined || sent.args === null;
  const args = Array.isArray(sent.args) ? (sent.args as unknown[]) : isList ? [] : [sent.args];
  const name = sent.name?.trim() ?? '';
  return { path: part.path, type: sent.action, name: name === '' ? null : name, args, isList };
}

function refuseAction({ type, path }: SentAction, journey: Journey): void {
  const place = at(path, 'action');
  const reason = Object.hasOwn(refusals, type) ? refusals[type] : undefined;
  if (reason !== undefined) {
    journey.faults.push({ path: place, message: reason, found: type, allowed: Object.keys(actions) });
    return;
  }
  const { faults } = parseWithFaults(actionName, type);
  journey.faults.push(...faults.map((fault) => ({ ...fault, path: place })));
}

function conditionOf(part: Part, journey: Journey): Condition | null {
  const selectors = read(conditions, part, journey) ?? [];
  if (selectors.length === 0) return null;
  const place = at(part.path, 'selectors');
  const selector = allPresent(selectors);
  if (selector !== null) return { selectors, selector, place };
  const message = 'must be one selector, or plain CSS without :has() and :root: a step has one condition';
  journey.faults.push({ path: place, message });
  return null;
}

/** A condition is asked at once, and the page may be about to show it. */
function conditionWait({ selector, place }: Condition): MadeStep {
  const step = { type: 'waitForElement', selectors: [[selector]], optional: true, timeout: 5000 };
  return { step, places: { '': place } };
}

function conditioned(made: MadeStep, { condition, faults }: Journey): MadeStep {
  if (!condition) return made;
  const own = made.step['when'];
  const when = typeof own === 'string' ? allPresent([...condition.selectors, own]) : condition.selector;
  if (when === null) {
    const message = 'has a condition of its own, which cannot be joined with the `selectors` of its pair';
    faults.push({ path: made.places[''] ?? '', message });
    return made;
  }
  return { ...made, step: { ...made.step, when }, places: { ...made.places, when: condition.place } };
}

/** What the schema reads there; its faults join the journey's, each at its place. */
function read<T>(schema: z.ZodType<T>, { value, path }: Part, journey: Journey): T | null {
  const { value: parsed, faults } = parseWithFaults(schema, value);
  journey.faults.push(...faults.map((fault) => ({ ...fault, path: join(path, fault.path) })));
  return parsed;
}
