import { parseWithFaults } from '@runnel/contracts';
import { z } from 'zod';
import { at, join } from '../path';
import type { Part } from './document-parts';
import type { Journey, MadeStep } from './journey';

/** What a robot of Maxun is besides its workflow; other keys are the server's own. */
export interface RobotMeta {
  name: string | null;
  description: string | null;
  /** A robot that reads whole pages needs no workflow. */
  isScrape: boolean;
  url: string | null;
}

const contentFormats = ['markdown', 'html', 'text', 'links'] as const;
const screenshots: Record<string, object> = {
  'screenshot-visible': {},
  'screenshot-fullpage': { fullPage: true },
};
const known = z.enum([...contentFormats, ...Object.keys(screenshots)]);

const metaSchema = z.looseObject({
  name: z.string().nullish(),
  desc: z.string().nullish(),
  type: z.string().nullish(),
  robotType: z.string().nullish(),
  url: z.string().nullish(),
});

/** The robot's own words, where they can be read; what cannot joins the faults. */
export function readMeta({ value, path }: Part, journey: Journey): RobotMeta {
  const { value: sent, faults } = parseWithFaults(metaSchema, value ?? {});
  journey.faults.push(...faults.map((fault) => ({ ...fault, path: join(path, fault.path) })));
  if (typeof sent?.['promptInstructions'] === 'string' && sent['promptInstructions'] !== '') {
    const message = 'asks a language model, which no step does';
    journey.faults.push({ path: at(path, 'promptInstructions'), message });
  }
  return {
    name: textOf(sent?.name),
    description: textOf(sent?.desc),
    isScrape: [sent?.type, sent?.robotType].includes('scrape'),
    url: textOf(sent?.url),
  };
}

function textOf(sent: string | null | undefined): string | null {
  const text = (sent ?? '').trim();
  return text === '' ? null : text;
}

/** The page that a robot without a workflow reads. */
export function openingStep(url: string, { path }: Part): MadeStep {
  return { step: { type: 'navigate', url }, places: { '': at(path, 'url') } };
}

/** What a robot that reads whole pages reads: Markdown, where it does not say. */
export function formatSteps({ value, path }: Part, journey: Journey): MadeStep[] {
  const place = at(path, 'formats');
  const { formats } = value as { formats?: unknown };
  const { value: sent, faults } = parseWithFaults(z.array(z.unknown()), formats ?? []);
  journey.faults.push(...faults.map((fault) => ({ ...fault, path: join(place, fault.path) })));
  const wanted = sent === null || sent.length === 0 ? ['markdown'] : sent;
  const read = wanted.flatMap((format, index) =>
    formatOf({ value: format, path: at(place, index) }, journey),
  );
  const content = contentFormats.filter((format) => read.includes(format));
  const pictures = Object.keys(screenshots).filter((format) => read.includes(format));
  return [
    ...(content.length > 0 ? [{ type: 'content', formats: content }] : []),
    ...pictures.map((name) => ({ type: 'screenshot', name, ...screenshots[name] })),
  ].map((step) => ({ step, places: { '': place } }));
}

function formatOf({ value, path }: Part, journey: Journey): string[] {
  const { value: format, faults } = parseWithFaults(known, value);
  journey.faults.push(...faults.map((fault) => ({ ...fault, path })));
  return format === null ? [] : [format];
}
