import { parseArgs } from 'node:util';
import type { Fault } from '@runnel/contracts';
import type { ProcessParts } from '@runnel/runtime';
import { faultLines, readDocument } from './read-file';
import { UsageError } from './usage-error';

interface Answer {
  robot?: { id: string; name: string; version: number; links: { runs: string } };
  error?: string;
  faults?: Fault[];
}

/** `runnel robots import FILE`: sends the document to the API, which knows its kinds. */
export async function importRobot({ settings }: ProcessParts, words: string[]): Promise<void> {
  const { values, positionals } = parsed(words);
  const definition = await readDocument(positionals[0]);
  const base = values.url ?? settings.RUNNEL_PUBLIC_URL ?? `http://${settings.HOST}:${settings.PORT}`;
  const key = values.key ?? settings.RUNNEL_API_KEY;
  if (key === null) throw new UsageError('Which key? Give --key KEY, or set RUNNEL_API_KEY');
  const body = {
    definition,
    ...(values.name !== undefined && { name: values.name }),
    stage: values.draft ? 'draft' : 'published',
  };
  const { robot, error, faults } = await post(`${base.replace(/\/$/, '')}/api/robots`, key, body);
  if (!robot) throw new Error(`${error ?? 'The API did not take it'}\n${faultLines(faults ?? [])}`.trimEnd());
  process.stdout.write(`${robot.name}: robot ${robot.id}, version ${robot.version}\n`);
  process.stdout.write(`Start it: curl -X POST '${robot.links.runs}?wait=60' -H 'x-api-key: …'\n`);
}

async function post(address: string, key: string, body: object): Promise<Answer> {
  const headers = { 'x-api-key': key, 'content-type': 'application/json' };
  const response = await fetch(address, { method: 'POST', headers, body: JSON.stringify(body) }).catch(() => {
    throw new Error(`No API answers at ${address}; start it with npm start, or give --url URL`);
  });
  return (await response.json()) as Answer;
}

function parsed(words: string[]) {
  const text = { type: 'string' } as const;
  try {
    const options = { url: text, key: text, name: text, draft: { type: 'boolean' } } as const;
    return parseArgs({ args: words, options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
