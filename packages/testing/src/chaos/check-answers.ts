import { isSame } from './is-same';
import type { LedgerRun } from './ledger-snapshot';
import type { LoadClient } from './load-client';
import type { Problem } from './problem';

interface RunAnswer {
  run?: { status: string; data: unknown[]; seq: number };
}
interface EventsAnswer {
  events?: { items: { seq: number }[] };
}

const atOnce = 8;
const tries = 10;

/** Asks the API for every run: it tells the newest attempts' rows and every event, as the ledger has them. */
export async function checkAnswers(client: LoadClient, ledger: Map<string, LedgerRun>): Promise<Problem[]> {
  const left = [...ledger.values()];
  const problems: Problem[] = [];
  const loop = async (): Promise<void> => {
    for (let next = left.pop(); next; next = left.pop()) {
      const runId = next.run.id;
      const unanswered = (error: unknown): Problem[] => [{ kind: 'wrong', runId, what: String(error) }];
      problems.push(...(await checkAnswer(client, next).catch(unanswered)));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, loop));
  return problems;
}

async function checkAnswer(client: LoadClient, { run, tasks, rows, events }: LedgerRun): Promise<Problem[]> {
  const path = `/api/robots/${run.robotId}/runs/${run.id}`;
  const { body } = await client.ask<RunAnswer>('GET', path, { tries });
  const told = await client.ask<EventsAnswer>('GET', `${path}/events`, { tries });
  const due = tasks.flatMap(({ id, attempt }) =>
    rows.filter((row) => row.taskId === id && row.attempt === attempt).map(({ data }) => data),
  );
  const problems: Problem[] = [];
  const say = (what: string) => problems.push({ kind: 'wrong', runId: run.id, what });
  if (!isSame(body.run?.data, due)) say(`the API gives ${body.run?.data.length} rows of ${due.length}`);
  const numbers = told.body.events?.items.map(({ seq }) => seq);
  if (
    !isSame(
      numbers,
      events.map(({ seq }) => seq),
    )
  )
    say('the API gives other events than the ledger has');
  return problems;
}
