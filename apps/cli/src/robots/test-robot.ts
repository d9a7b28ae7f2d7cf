import { FailureError, resolveInputs, type Definition, type Engine, type Inputs } from '@runnel/contracts';
import type { Tape } from '@runnel/browser';
import { readDefinition } from '@runnel/importers';
import { mask } from '@runnel/interpreter';
import type { ProcessParts } from '@runnel/runtime';
import { rowsTable } from '../print-rows';
import { UsageError } from '../usage-error';
import { makeFolder } from './folder';
import { givenSecrets } from './given-secrets';
import { runLocally, type Lists } from './local-run';
import { faultLines, readDocument } from './read-file';
import { differenceBetween, keepRecording, readRecorded, tapeFor } from './recording';
import { readTestOptions, type TestOptions } from './test-options';

const rowsShown = 20;

/** `runnel robots test FILE`: runs a definition without saving it; with a recording, against what it was then. */
export async function testRobot(parts: ProcessParts, words: string[]): Promise<void> {
  const { options, file } = readTestOptions(words);
  const definition = definitionIn(await readDocument(file));
  const recorded = await readRecorded(options);
  const engine = engineFor(options.engine ?? recorded?.engine ?? definition.engine);
  // Only what was given: what the definition says itself may have changed since.
  const given = { ...recorded?.inputs, ...options.inputs };
  const inputs = inputsFor(definition, given);
  const secrets = givenSecrets(definition, options, parts.settings.environment);
  await makeFolder('record', options.record);
  await makeFolder('artifacts', options.artifacts);
  const tape = await tapeFor(options);
  const say = (line: string) => (options.json ? process.stderr : process.stdout).write(`${line}\n`);
  const run = { definition, inputs, secrets, engine, tape, artifacts: options.artifacts, say };
  const { lists, failure } = await runLocally(parts, run);
  printRows(lists, options, say);
  const missing = mask(secrets).text(missingIn(tape));
  if (failure !== null) throw failed(failure, missing);
  if (tape && options.record !== undefined) {
    await keepRecording({ inputs: given, engine, lists }, tape, options.record);
  }
  if (!recorded) return;
  const difference = differenceBetween(recorded.lists, lists);
  if (difference !== null) {
    throw new Error(`The rows are not as they were recorded: ${difference}${missing}`);
  }
  say(`\nThe rows are as they were recorded.${missing}`);
}

/** Which engine gives the rows is found out by runs; here it is the one that can do all. */
function engineFor(wanted: Definition['engine']): Engine {
  return wanted === 'auto' ? 'browser' : wanted;
}

function printRows(lists: Lists, { json }: TestOptions, say: (line: string) => void): void {
  if (json) process.stdout.write(`${JSON.stringify(lists, null, 2)}\n`);
  else for (const [list, rows] of Object.entries(lists)) say(rowsTable(list, rows, rowsShown));
}

function failed(thrown: unknown, missing: string): unknown {
  if (!(thrown instanceof FailureError)) return thrown;
  const { code, step, stepType, message, help } = thrown.failure;
  const where = step === null ? '' : ` in step ${step} (${stepType})`;
  return new Error(`Failed${where}, ${code}: ${message}\n${help}${missing}`);
}

/** What was asked for and is not recorded, a line each. */
function missingIn(tape: Tape | null): string {
  return (tape?.missing ?? []).map((request) => `\nThe recording has no answer to ${request}`).join('');
}

function definitionIn(document: unknown): Definition {
  const { definition, faults } = readDefinition(document);
  if (definition) return definition;
  throw new Error(`The definition is not right:\n${faultLines(faults)}`);
}

/** What is given on a command line is text: an input of another type is read as JSON. */
function inputsFor(definition: Definition, given: Record<string, unknown>): Inputs {
  const typed = Object.entries(given).map(([name, value]) => {
    const type = definition.inputs.find((input) => input.name === name)?.type ?? 'string';
    return [name, type === 'string' || typeof value !== 'string' ? value : jsonOr(value)];
  });
  const { inputs, faults } = resolveInputs(definition, Object.fromEntries(typed) as Record<string, unknown>);
  if (inputs) return inputs;
  throw new UsageError(`The inputs do not fit the robot:\n${faultLines(faults)}`);
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
