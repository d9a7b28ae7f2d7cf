import type { Definition, Step } from '@runnel/contracts';
import { HttpProblem } from '../../http-problem';

const contentFormats = ['markdown', 'html', 'text', 'links'] as const;
const pictures = ['screenshot-visible', 'screenshot-fullpage'] as const;
export const formatWords = [...contentFormats, ...pictures] as const;
export type FormatWord = (typeof formatWords)[number];

/** The formats that a list names. @throws HttpProblem */
export function readFormats(sent: readonly string[], path: string): FormatWord[] {
  const faults = sent.flatMap((found, index) => {
    if (isFormat(found) || found === 'summary') return [];
    const message = `is not a format; allowed: ${formatWords.join(', ')}`;
    return [{ path: `${path}[${index}]`, message, found, allowed: [...formatWords] }];
  });
  if (faults.length > 0) {
    const words = faults.map(({ found }) => found).join(', ');
    throw new HttpProblem('INVALID_INPUT', `Invalid formats: ${words}`, faults);
  }
  if (sent.includes('summary')) {
    throw new HttpProblem(
      'NOT_IMPLEMENTED',
      'A summary is written by a language model, and none is asked here',
    );
  }
  return sent.filter(isFormat);
}

/** What a robot reads of whole pages. */
export function formatsOf({ steps }: Definition): FormatWord[] {
  const all = steps.flatMap((step) => (step.type === 'crawl' ? step.steps : [step]));
  const read = all.flatMap((step): readonly string[] => {
    if (step.type === 'content') return step.formats;
    return step.type === 'screenshot' ? [step.name] : [];
  });
  return formatWords.filter((format) => read.includes(format));
}

/** The same robot, reading other formats of its page. */
export function withFormats(definition: Definition, formats: readonly FormatWord[]): unknown {
  const content = contentFormats.filter((format) => formats.includes(format));
  const kept = definition.steps.filter((step) => !isReading(step));
  const steps = [
    ...kept,
    ...(content.length > 0 ? [{ type: 'content', formats: content }] : []),
    ...pictures
      .filter((name) => formats.includes(name))
      .map((name) => ({ type: 'screenshot', name, fullPage: name === 'screenshot-fullpage' })),
  ];
  return { ...definition, steps };
}

function isReading(step: Step): boolean {
  return step.type === 'content' || (step.type === 'screenshot' && isFormat(step.name));
}

function isFormat(word: string): word is FormatWord {
  return formatWords.some((format) => format === word);
}
