import { page, until, type Page } from '@runnel/testing';
import { DialectWorld, rowsOfThePage, Visitor, type KnownRobot } from './dialects/dialect-world';
import { lettered, prefixed, uuidIn } from './dialects/id-words';
import { kognitos } from './dialects/kognitos';
import { maxun } from './dialects/maxun';
import { maxunSdk } from './dialects/maxun-sdk';
import { runtype } from './dialects/runtype';
import {
  resultWords,
  seenByKognitos,
  seenByMaxun,
  seenByRuntype,
  seenBySdk,
  seenByUnpod,
  stateWords,
  type Look,
  type SeenRun,
} from './dialects/seen-runs';
import { unpod } from './dialects/unpod';
import { key } from './test-fleet';

/** Who starts it: one run, seen by all. */
const starters = [maxun, maxunSdk, kognitos, unpod, runtype];

let world: DialectWorld;
let looks: Look[];
let letGo: () => void;

/** A page that answers when the test says so. */
const held: Page = (_request, response) => {
  const answer = (): void => {
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end(page('<li><h2>Item 1</h2></li><li><h2>Item 2</h2></li><li><h2>Item 3</h2></li>'));
  };
  waiting.push(answer);
};
const waiting: (() => void)[] = [];

beforeAll(async () => {
  world = await DialectWorld.start();
  world.site.replace('/held', held);
  letGo = () => waiting.splice(0).forEach((answer) => answer());
});

afterAll(async () => {
  letGo();
  await world.close();
});

afterEach(() => world.fleet.stopWorkers());

const lookAt = (robot: KnownRobot, runId: string): Look => {
  const visitor = new Visitor(world.url, maxun.keyHeaders(key));
  return { visitor, space: world.spaces.own.token, robotId: robot.id, runId };
};

/** One run in every dialect. */
async function startAll(robot: KnownRobot): Promise<Look[]> {
  const started: Look[] = [];
  for (const dialect of starters) {
    const visitor = new Visitor(world.url, dialect.keyHeaders(key));
    const runId = await dialect.start({ world, visitor, space: world.spaces.own }, robot);
    started.push(lookAt(robot, runId));
  }
  return started;
}

/** One run of a task for each record, in every dialect that has records. */
async function startWithRecords(robot: KnownRobot, ids: string[]): Promise<Look[]> {
  const { visitor, space } = lookAt(robot, '');
  const records = ids.map((id) => ({ id, inputs: {} }));
  const byMaxun = await visitor.post(`/api/robots/${robot.id}/runs`, { records });
  const documents = ids.map((id) => ({ id }));
  const unpodPath = `/api/v2/platform/spaces/${space}/tasks/`;
  const byUnpod = await visitor.post(unpodPath, { pilot: robot.handle, documents });
  const batch = { flowId: prefixed('flow', robot.id), recordIds: ids };
  const byRuntype = await visitor.post('/v1/batch/flow', batch);
  const words = [byUnpod.body['data'].run_id, byRuntype.body['batchExecutionId']];
  return [byMaxun.body['run'].runId, ...words.map(uuidIn)].map((runId) => lookAt(robot, runId));
}

/** That all dialects tell the same of a run; gives what that is. */
async function sameForAll(look: Look): Promise<Required<SeenRun>> {
  const truth = await seenByMaxun(look);
  const state = truth.state as keyof (typeof stateWords)['kognitos'];
  const { createdAt, startedAt, finishedAt, modifiedAt, rows, tasks } = truth;
  expect(await seenBySdk(look)).toEqual({ state, finishedAt, rows });
  expect(await seenByKognitos(look)).toEqual({
    ...{ state: stateWords.kognitos[state], createdAt },
    ...(finishedAt !== null && { rows }),
  });
  expect(await seenByUnpod(look)).toEqual({
    ...{ state: stateWords.unpod[state], createdAt, modifiedAt, rows },
    tasks: tasks.map((task) => ({
      ...{ id: lettered('T', task.id), record: task.record },
      state: stateWords.unpod[task.state as typeof state],
    })),
  });
  expect(await seenByRuntype(look)).toEqual({
    ...{ state: stateWords.runtype[state], startedAt, finishedAt },
    tasks: tasks.map((task) => ({
      id: prefixed('res', task.id),
      record: task.record ?? prefixed('exec', task.id).replace('exec', 'rec'),
      state: resultWords[task.state] ?? task.state,
    })),
  });
  return truth;
}

async function sameForAllRuns(): Promise<Required<SeenRun>[]> {
  const seen: Required<SeenRun>[] = [];
  for (const look of looks) seen.push(await sameForAll(look));
  return seen;
}

/** All runs in a state of which they do not go on by themselves. */
async function allIn(state: string): Promise<void> {
  await until(async () => {
    const seen = await Promise.all(looks.map(seenByMaxun));
    return seen.every((run) => run.state === state);
  });
}

describe('a run that was started in any dialect is seen alike in all of them', () => {
  test('while it waits, while it runs, and after it succeeded', async () => {
    looks = await startAll(await world.aRobot('Is held', world.readsThe('/held')));
    for (const run of await sameForAllRuns()) {
      expect(run).toMatchObject({ state: 'queued', startedAt: null, finishedAt: null, rows: [] });
      expect(run.tasks).toMatchObject([{ state: 'queued' }]);
    }
    await world.fleet.startWorker({ WORKER_CONCURRENCY: '5' });
    await allIn('running');
    await until(() => waiting.length === looks.length);
    for (const run of await sameForAllRuns()) {
      expect(run).toMatchObject({ state: 'running', finishedAt: null, tasks: [{ state: 'running' }] });
    }
    letGo();
    await allIn('success');
    for (const run of await sameForAllRuns()) {
      expect(run).toMatchObject({ state: 'success', rows: rowsOfThePage, tasks: [{ state: 'success' }] });
    }
  });

  test('after it failed', async () => {
    await world.fleet.startWorker({ WORKER_CONCURRENCY: '5' });
    looks = await startAll(await world.aRobot('Fails', world.readsThe('/missing')));
    await allIn('failed');
    for (const run of await sameForAllRuns()) {
      expect(run).toMatchObject({ state: 'failed', rows: [], tasks: [{ state: 'failed' }] });
    }
  });

  test('after it was aborted, while it ran and before', async () => {
    const worker = await world.fleet.startWorker({ WORKER_CONCURRENCY: '5' });
    const robot = await world.aRobot('Hangs', world.readsThe('/hangs'));
    const abort = ({ visitor, robotId, runId }: Look): Promise<unknown> =>
      visitor.post(`/api/robots/${robotId}/runs/${runId}/abort`);
    looks = await startAll(robot);
    await allIn('running');
    await Promise.all(looks.map(abort));
    await allIn('aborted');
    expect((await sameForAllRuns()).map(({ startedAt }) => startedAt)).not.toContain(null);
    await world.fleet.stop(worker, 'SIGTERM');
    looks = await startAll(robot);
    await Promise.all(looks.map(abort));
    for (const run of await sameForAllRuns()) {
      expect(run).toMatchObject({ state: 'aborted', startedAt: null, tasks: [{ state: 'aborted' }] });
    }
  });

  test('with tasks of which some succeed', async () => {
    await world.fleet.startWorker({ WORKER_CONCURRENCY: '5' });
    const steps = world.readsThe('/{{record.id}}');
    world.site.replace('/good', page('<li><h2>Good</h2></li>'));
    const robot = await world.aRobot('By records', steps);
    looks = await startWithRecords(robot, ['good', 'bad']);
    await allIn('partial');
    for (const run of await sameForAllRuns()) {
      expect(run.rows).toEqual([{ title: 'Good' }]);
      expect(run.tasks.map(({ record, state }) => [record, state])).toEqual([
        ['good', 'success'],
        ['bad', 'failed'],
      ]);
    }
  });
});
