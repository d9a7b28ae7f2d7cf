import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BrowserPool, HttpSessions, type Tape } from '@runnel/browser';
import { openEgress } from '@runnel/egress';
import {
  filledOptions,
  ownHeaders,
  type Definition,
  type Engine,
  type Inputs,
  type RowData,
  type SessionSource,
} from '@runnel/contracts';
import { parseHtml } from '@runnel/extraction';
import { mask, runDefinition, type TaskOutput } from '@runnel/interpreter';
import type { ProcessParts } from '@runnel/runtime';

/** A run of a definition in this process, on nothing but its pages. */
export interface LocalRun {
  definition: Definition;
  inputs: Inputs;
  /** In plain, by their names. */
  secrets: ReadonlyMap<string, string>;
  engine: Engine;
  tape: Tape | null;
  /** Where artifacts go; null: nowhere. */
  artifacts: string | null;
  say: (line: string) => void;
}

export type Lists = Record<string, RowData[]>;

/** Runs it and gives its rows, also those before a failure. None of it says a secret. */
export async function runLocally(
  parts: ProcessParts,
  run: LocalRun,
): Promise<{ lists: Lists; failure: unknown }> {
  // A list may be called as what every object inherits.
  const lists = Object.create(null) as Lists;
  const sessions = await openSessions(parts, run.engine, run.tape);
  try {
    await runOn(sessions, run, lists);
    return { lists, failure: null };
  } catch (failure) {
    mask(run.secrets).thrown(failure);
    return { lists, failure };
  }
}

async function runOn(sessions: SessionSource, run: LocalRun, lists: Lists): Promise<void> {
  const { definition, inputs, secrets, say } = run;
  const deadline = AbortSignal.timeout(definition.options.deadlineMs);
  deadline.addEventListener('abort', () => undefined);
  const options = filledOptions(definition.options, secrets);
  const extras = { ownHeaders: ownHeaders(definition, secrets) };
  const session = await sessions.open(options, deadline, extras);
  try {
    await runDefinition(definition, inputs, {
      session,
      output: collect(lists, run),
      signal: deadline,
      secrets,
      onStep: (step, milliseconds) => {
        const type = definition.steps[step]?.type ?? '';
        say(
          `step ${String(step).padStart(3)}  ${type.padEnd(16)} ${String(Math.round(milliseconds)).padStart(7)} ms`,
        );
      },
    });
  } finally {
    await session.close();
  }
}

function collect(lists: Lists, { artifacts, say }: LocalRun): TaskOutput {
  return {
    rows: (list, rows) => {
      const all = (lists[list] ??= []);
      for (const row of rows) all.push(row);
      return Promise.resolve();
    },
    artifact: async ({ name, bytes }) => {
      if (artifacts === null)
        return say(`artifact  ${name} (${bytes.length} bytes; --artifacts FOLDER keeps it)`);
      const file = join(artifacts, name.replaceAll(/[/\\]/g, '_'));
      await mkdir(artifacts, { recursive: true });
      await writeFile(file, bytes);
      say(`artifact  ${file}`);
    },
    warning: (step, message) => {
      say(`warning   step ${step}: ${message}`);
      return Promise.resolve();
    },
  };
}

async function openSessions(
  { settings, logger, lifetime }: ProcessParts,
  engine: Engine,
  tape: Tape | null,
): Promise<SessionSource> {
  // A recording answers everything, and what it does not answer is asked of nobody.
  const egress = tape?.mode === 'replay' ? null : openEgress(settings);
  const from = { egress, ...(tape && { tape }) };
  if (engine === 'http') {
    return lifetime.owns('http', new HttpSessions({ parseHtml, ...from }), (opened) => opened.close());
  }
  const options = {
    executablePath: settings.PUPPETEER_EXECUTABLE_PATH,
    searchPath: settings.PATH,
    profilesFolder: tmpdir(),
    warn: (message: string) => logger.warn(message),
  };
  return lifetime.owns('browser', await BrowserPool.start({ ...options, ...from }), (pool) => pool.close());
}
