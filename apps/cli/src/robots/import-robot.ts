import type { Fault } from '@runnel/contracts';
import type { ProcessParts } from '@runnel/runtime';
import { parseWords } from '../parse-words';
import { UsageError } from '../usage-error';
import { faultLines, readDocument } from './read-file';

interface Answer {
  robot?: { id: string; name: string; version: number; links: { runs: string } };
  message?: string;
  faults?: Fault[];
}

const text = { type: 'string' } as const;
const known = { url: text, key: text, name: text, draft: { type: 'boolean' } } as const;

/** `runnel robots import FILE`: sends the document to the API, which knows its kinds. */
export async function importRobot({ settings }: ProcessParts, words: string[]): Promise<void> {
  const { values, operand: file } = parseWords(words, known, 'FILE');
  const definition = await readDocument(file);
  const base = values.url ?? settings.RUNNEL_PUBLIC_URL ?? `http://${settings.HOST}:${settings.PORT}`;
  const key = values.key ?? settings.RUNNEL_API_KEY;
  if (key === null) throw new UsageError('Which key? Give --key KEY, or set RUNNEL_API_KEY');
  const body = {
    definition,
    ...(values.name !== undefined && { name: values.name }),
    stage: values.draft ? 'draft' : 'published',
  };
  const answer = await post(`${base.replace(/\/$/, '')}/api/robots`, key, body);
  const { robot } = answer;
  if (!robot) throw new Error(refusal(answer));
  process.stdout.write(`${robot.name}: robot ${robot.id}, version ${robot.version}\n`);
  process.stdout.write(`Start it: curl -X POST '${robot.links.runs}?wait=60' -H 'x-api-key: …'\n`);
}

function refusal({ message, faults = [] }: Answer): string {
  const hint = faults.some(({ path }) => path === 'name') ? '\nGive it one by --name NAME' : '';
  return `${message ?? 'The API did not take it'}\n${faultLines(faults)}`.trimEnd() + hint;
}

async function post(address: string, key: string, body: object): Promise<Answer> {
  const headers = { 'x-api-key': key, 'content-type': 'application/json' };
  const response = await fetch(address, { method: 'POST', headers, body: JSON.stringify(body) }).catch(() => {
    throw new Error(`No API answers at ${address}; start it with npm start, or give --url URL`);
  });
  const answer: unknown = await response.json().catch(() => null);
  if (typeof answer === 'object' && answer !== null) return answer;
  throw new Error(`What answers at ${address} is no API of Runnel: status ${response.status}, and no JSON`);
}
