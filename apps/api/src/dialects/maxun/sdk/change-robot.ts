import type { Definition } from '@runnel/contracts';
import { InvalidInputError, movedTo } from '@runnel/services';
import type { z } from 'zod';
import { HttpProblem } from '../../../http-problem';
import { formatsOf, readFormats, withFormats, type FormatWord } from '../formats';
import { typeOf, urlOf } from './present-robot';
import type { SentMeta, updateBody } from './robot-body';

const cannotChange = 'The robot cannot be changed so';

type Limits = z.infer<typeof updateBody>['limits'];

/**
 * What a robot does when what was sent is changed in it: a definition, or a document that makes one. Null when it does
 * the same as before.
 * @throws HttpProblem when it cannot be changed so.
 */
export function changedDefinition(before: Definition, sent: z.infer<typeof updateBody>): unknown {
  const { meta = {}, workflow = [], limits } = sent;
  refuseNothing(sent);
  if (workflow.length === 0) return changedParts(before, { meta, limits });
  if (limits) throw refused('limits', 'must stand in the `workflow` itself, where one is sent');
  return { meta: { robotType: typeOf(before), ...meta }, workflow };
}

/** Robots are shown with an empty workflow. Beside a change it is sent back; alone, it was meant to be one. */
function refuseNothing({ meta, workflow, limits }: z.infer<typeof updateBody>): void {
  if (workflow?.length !== 0 || meta || limits) return;
  throw refused('workflow', 'is empty, and changes nothing: send it whole, or leave it out');
}

function changedParts(before: Definition, { meta, limits }: { meta: SentMeta; limits: Limits }): unknown {
  refuseType(typeOf(before), meta);
  const formats = meta.formats ? readFormats(meta.formats, 'meta.formats') : formatsOf(before);
  const { url = null } = meta;
  const moved = url === null || url === urlOf(before) ? before : atUrl(before, url);
  const limited = limits ? withLimit(moved, limits) : moved;
  if (!isSame(formats, formatsOf(before))) return inFormats(limited, formats);
  return limited === before ? null : limited;
}

function refuseType(type: string, meta: SentMeta): void {
  const other = [meta.type, meta.robotType].find((word) => (word ?? type) !== type);
  if (other) throw refused('meta.robotType', `is "${type}", and stays so until a \`workflow\` is sent`);
}

function isSame(some: readonly FormatWord[], others: readonly FormatWord[]): boolean {
  return some.length === others.length && some.every((format) => others.includes(format));
}

function atUrl(definition: Definition, url: string): Definition {
  try {
    return movedTo(definition, url);
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    const faults = error.faults.map((fault) => ({ ...fault, path: 'meta.url' }));
    throw new HttpProblem('INVALID_INPUT', cannotChange, faults);
  }
}

function inFormats(definition: Definition, formats: readonly FormatWord[]): unknown {
  if (typeOf(definition) !== 'scrape') {
    throw refused(
      'meta.formats',
      'are those of robots that read a whole page; for this one, send a `workflow`',
    );
  }
  if (formats.length === 0) throw refused('meta.formats', 'must name at least one format');
  return withFormats(definition, formats);
}

/** Which list is meant shows only where there is one: the places in a workflow are not kept. */
function withLimit(definition: Definition, limits: NonNullable<Limits>): Definition {
  const lists = definition.steps.filter(({ type }) => type === 'extractList');
  const [first] = limits;
  if (lists.length !== 1 || limits.length !== 1 || !first) {
    const found = lists.length === 1 ? `${limits.length} limits were sent` : `this one has ${lists.length}`;
    throw refused('limits', `are for robots with one list, and one for it; ${found}: send the \`workflow\``);
  }
  const { limit } = first;
  const steps = definition.steps.map((step) => (step.type === 'extractList' ? { ...step, limit } : step));
  return { ...definition, steps };
}

function refused(path: string, message: string): HttpProblem {
  return new HttpProblem('INVALID_INPUT', cannotChange, [{ path, message }]);
}
