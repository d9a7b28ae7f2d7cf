import { startRun } from '@runnel/services';
import { RowStore } from '@runnel/store';
import type { ApiDeps } from '../../deps';
import { readBase36 } from '../../id-forms';
import { idempotencyKeyOf, tellReplayed } from '../../idempotency-key';
import { operation, type Operation } from '../../operation';
import { toldAsSent } from '../../told-as-sent';
import { asSent } from './as-sent';
import { checkAgent, processIdOf, processNotFound } from './ids';
import { mountOf } from './mount';
import { presentRun, runSchema } from './present-run';
import { firstRowsOf } from './read-rows';
import { startBody } from './start-body';

export function startOperations(deps: ApiDeps): Operation[] {
  return [postRun(deps)];
}

function postRun(deps: ApiDeps): Operation {
  const rowStore = new RowStore(deps.dataSource.manager);
  return operation({
    method: 'post',
    path: '/runs',
    id: 'startRun',
    scope: 'runs:write',
    robotOf: ({ body }) => readBase36(body.process_id),
    summary: 'Starts a run of a process',
    description:
      'Each record of a file of CSV, JSON or NDJSON becomes a task of the run. A file that holds no records is kept ' +
      'with the run, and no step reads it.',
    body: startBody,
    headers: {
      'Idempotency-Key':
        'A word of yours for this start: sent again with the same body, it finds the run of the first time',
    },
    answers: { 201: runSchema },
    serve: async ({ spaceId, key, body, links, request, response }) => {
      const { name, stage, inputs, file_ids: fileIds } = body;
      checkAgent(spaceId, body.agent_id);
      const started = await startRun(deps, {
        ...{ spaceId, robotId: processIdOf(body.process_id), asked: { ...body, inputs: inputs.values } },
        ...{ version: stage, name, inputs: inputs.values, fileIds },
        idempotencyKey: idempotencyKeyOf(request),
        keyId: key.id,
      }).catch(toldAsSent((fault) => asSent(fault, inputs)));
      if (!started) throw processNotFound(body.process_id);
      tellReplayed(response, started);
      const { run } = started;
      const rows = await firstRowsOf(rowStore, [run]);
      const shown = presentRun(run, rows.get(run.id) ?? [], links);
      response.location(`${links.base}${mountOf(request.path)}/runs/${shown.id}`);
      return { status: 201, body: shown };
    },
  });
}
