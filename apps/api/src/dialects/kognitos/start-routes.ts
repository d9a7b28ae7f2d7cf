import { startRun } from '@runnel/services';
import { RowStore } from '@runnel/store';
import type { ApiDeps } from '../../deps';
import { idempotencyKeyOf } from '../../idempotency-key';
import { operation, type Operation } from '../../operation';
import { checkAgent, processIdOf, processNotFound } from './ids';
import { mountOf } from './mount';
import { presentRun, runSchema } from './present-run';
import { firstRowsOf } from './read-rows';
import { startBody } from './start-body';

export function startOperations(deps: ApiDeps): Operation[] {
  return [postRun(deps)];
}

/** What every start has that this dialect has no word for. */
const usual = {
  originUrl: null,
  records: null,
  unknownInputs: 'keep',
  priority: 0,
  delayMs: 0,
  maxAttempts: null,
  origin: 'api',
  retryOf: null,
} as const;

function postRun(deps: ApiDeps): Operation {
  const rowStore = new RowStore(deps.dataSource.manager);
  return operation({
    method: 'post',
    path: '/runs',
    id: 'startRun',
    summary: 'Starts a run of a process',
    body: startBody,
    headers: {
      'Idempotency-Key':
        'A word of yours for this start: sent again with the same body, it finds the run of the first time',
    },
    answers: { 201: runSchema },
    serve: async ({ spaceId, body, base, request, response }) => {
      const { name, stage, inputs, file_ids: fileIds } = body;
      checkAgent(spaceId, body.agent_id);
      const started = await startRun(deps, {
        ...usual,
        tags: [],
        ...{ spaceId, robotId: processIdOf(body.process_id), version: stage, name, inputs, fileIds },
        idempotencyKey: idempotencyKeyOf(request),
      });
      if (!started) throw processNotFound(body.process_id);
      const { run, isReplayed } = started;
      if (isReplayed) response.setHeader('idempotent-replayed', 'true');
      const rows = await firstRowsOf(rowStore, [run]);
      const shown = presentRun(run, rows.get(run.id) ?? [], base);
      response.location(`${base}${mountOf(request.path)}/runs/${shown.id}`);
      return { status: 201, body: shown };
    },
  });
}
