import { startingAt, type Definition } from '@runnel/contracts';
import type { z } from 'zod';
import { HttpProblem } from '../../../http-problem';
import { formatsOf, readFormats, withFormats, type FormatWord } from './formats';
import { typeOf, urlOf } from './present-robot';
import type { SentMeta, updateBody } from './robot-body';

type Limits = z.infer<typeof updateBody>['limits'];

/**
 * What a robot does when what was sent is changed in it: a definition, or a document that makes one. Null when it does
 * the same as before.
 * @throws HttpProblem when it cannot be changed so.
 */
export function changedDefinition(before: Definition, sent: z.infer<typeof updateBody>): unknown {
  const { meta = {}, workflow = [], limits } = sent;
  // Robots are shown with an empty one: sent back, it is the same.
  if (workflow.length === 0) return changedParts(before, { meta, limits });
  if (limits) throw refused('limits', 'must stand in the `workflow` itself, where one is sent');
  return { meta: { robotType: typeOf(before), ...meta }, workflow };
}

function changedParts(before: Definition, { meta, limits }: { meta: SentMeta; limits: Limits }): unknown {
  refuseType(typeOf(before), meta);
  const formats = meta.formats ? readFormats(meta.formats, 'meta.formats') : formatsOf(before);
  const url = meta.url ?? urlOf(before);
  const moved = url === urlOf(before) ? before : atUrl(before, url);
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

function atUrl(definition: Definition, url: string | null): Definition {
  const isAddress = url !== null && URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
  if (!isAddress) throw refused('meta.url', 'must be an absolute http or https address');
  if (url.includes('{{')) throw refused('meta.url', 'must not hold {{');
  const moved = startingAt(definition, url);
  if (!moved) throw refused('meta.url', 'has no place in this robot: it opens no address');
  return moved;
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
  return new HttpProblem('INVALID_INPUT', 'The robot cannot be changed so', [{ path, message }]);
}
