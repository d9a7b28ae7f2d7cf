import { failure } from '@runnel/contracts';
import { createKey, createSpace } from '@runnel/services';
import {
  endTasks,
  FileStore,
  LoginStore,
  newId,
  noteFires,
  RobotStore,
  ScheduleStore,
  SecretStore,
  SpaceStore,
  TaskStore,
  type Claim,
  type DataSource,
} from '@runnel/store';
import { aDefinition, insertTestRun } from '@runnel/testing';
import { signedQuery } from '../../src/dialects/kognitos/upload-policy';

/** A space that has one of everything, and what it is called. */
export interface FullSpace {
  id: string;
  key: string;
  robotId: string;
  handle: string;
  /** Ended, with rows and an artifact. */
  runId: string;
  taskId: string;
  /** One that waits. */
  waitingRunId: string;
  failedRunId: string;
  fileId: string;
  /** One that has skipped a moment. */
  scheduleId: string;
  artifact: string;
  /** A session that the robot keeps between runs. */
  login: string;
  /** A key beside the one that opens all. */
  keyId: string;
  /** Where a file may be sent to. */
  upload: { fileId: string; policy: string; signature: string };
  /** What stands in all that belongs to it: names, inputs, rows. */
  mark: string;
}

/** The definition of a robot that can be started in every way. */
export function aStartable(mark: string): Record<string, unknown> {
  return {
    title: `Robot ${mark}`,
    inputs: [{ name: 'word', default: mark }],
    steps: [
      { type: 'navigate', url: 'http://127.0.0.1:9/' },
      { type: 'extract', name: 'page', fields: { heading: 'h1' } },
    ],
  };
}

/** `within`: the space that is there, to which a robot and all that is of it are added. */
export async function aFullSpace(
  dataSource: DataSource,
  mark: string,
  within?: { id: string; key: string },
): Promise<FullSpace> {
  const { manager } = dataSource;
  const { id: spaceId, key } = within ?? (await createSpace(dataSource, `Space ${mark}`));
  const robots = new RobotStore(manager);
  const definition = aDefinition(aStartable(mark));
  const robotId = await robots.create({ spaceId, name: `Robot ${mark}`, definition, publish: true });
  const robot = await robots.find(spaceId, robotId, 'published');
  const bytes = Buffer.from(`word\n${mark}\n`);
  const file = await new FileStore(manager).create({
    spaceId,
    name: `${mark}.csv`,
    contentType: 'text/csv',
    records: 1,
    bytes,
  });
  const wanted = { spaceId, robotId, name: `Run ${mark}`, tags: [mark], count: 2 };
  const task = { inputs: { word: mark }, record: { id: mark, name: mark, type: mark } };
  const ended = await insertTestRun(dataSource, { ...wanted, task });
  const artifact = `${mark}.png`;
  for (const taskId of ended.taskIds) await finish(dataSource, taskId, { mark, artifact });
  const failed = await insertTestRun(dataSource, { ...wanted, count: 1, task });
  await fail(dataSource, failed.taskIds[0]!);
  const waiting = await insertTestRun(dataSource, { ...wanted, task });
  const scheduleId = await aSchedule(dataSource, { spaceId, robotId, mark });
  const secret = { spaceId, name: 'secret', keyId: mark, sealed: Buffer.from(mark) };
  await new SecretStore(manager).set(secret, 1);
  const { apiKey } = await createKey(dataSource, { spaceId, name: `Key ${mark}`, scopes: ['runs:read'] });
  return {
    keyId: apiKey.id,
    ...{ id: spaceId, key, mark, artifact, fileId: file!.id, robotId, handle: robot!.handle },
    ...{ runId: ended.runId, taskId: ended.taskIds[0]! },
    ...{ waitingRunId: waiting.runId, failedRunId: failed.runId, scheduleId },
    login: await aLogin(dataSource, { spaceId, robotId, mark }),
    upload: await anUpload(dataSource, spaceId),
  };
}

async function finish(
  dataSource: DataSource,
  taskId: string,
  { mark, artifact }: { mark: string; artifact: string },
): Promise<void> {
  const tasks = new TaskStore(dataSource.manager);
  const task = await tasks.claim(taskId, 'the test', 600_000);
  const claim: Claim = { taskId, attempt: task!.attempt };
  const rows = [0, 1].map((ordinal) => ({
    list: 'page',
    ordinal,
    position: ordinal,
    data: { heading: mark },
  }));
  await tasks.appendRows(claim, { rows, rowCount: 2, lists: { page: 2 } });
  await tasks.saveArtifact(claim, { name: artifact, contentType: 'image/png', bytes: Buffer.from(mark) });
  await endTasks(dataSource, claim, { status: 'succeeded', failure: null });
}

async function fail(dataSource: DataSource, taskId: string): Promise<void> {
  const task = await new TaskStore(dataSource.manager).claim(taskId, 'the test', 600_000);
  const claim: Claim = { taskId, attempt: task!.attempt };
  await endTasks(dataSource, claim, {
    status: 'failed',
    failure: failure('HTTP_STATUS', 'answered with 404'),
  });
}

async function aLogin(
  dataSource: DataSource,
  { mark, ...robot }: { spaceId: string; robotId: string; mark: string },
): Promise<string> {
  const name = `${mark}.login`;
  await new LoginStore(dataSource.manager).save({ ...robot, name, keyId: mark, sealed: Buffer.from(mark) });
  return name;
}

/** Of every hour; its next moment is far from now. */
async function aSchedule(
  dataSource: DataSource,
  { spaceId, robotId, mark }: { spaceId: string; robotId: string; mark: string },
): Promise<string> {
  const [scheduleId, nextMoment] = [newId(), new Date('2100-01-01T00:00:00Z')];
  const inputs = { word: mark };
  const none = {
    maxFires: null,
    pauseAfterFailures: null,
    maxAttempts: null,
    idempotencyKey: null,
    fingerprint: null,
    keyId: null,
  };
  await new ScheduleStore(dataSource.manager).create({
    ...{ id: scheduleId, spaceId, robotId, name: `Schedule ${mark}`, ...none },
    ...{ type: 'recurring', cron: '0 * * * *', timezone: 'UTC', runAt: null, startAt: null, endAt: null },
    ...{
      jitterSeconds: 0,
      overlapPolicy: 'skip',
      misfirePolicy: 'skip',
      misfireWindowSeconds: 0,
      catchUpMax: 1,
    },
    target: { inputs, recordType: mark, records: [], fileIds: [], recordFilter: null },
    ...{ executionOptions: {}, pausedAt: null, pausedBy: null, pauseNote: mark, failuresSince: new Date() },
    ...{ nextMoment, dueAt: nextMoment, waiting: 0, aheadRunId: null, readsFirst: false, fileIds: [] },
  });
  const fire = {
    id: newId(),
    scheduleId,
    kind: 'cron',
    scheduledFor: new Date('2026-01-01T00:00:00Z'),
  } as const;
  await noteFires(dataSource.manager, [{ ...fire, outcome: 'skipped_paused', reason: mark }]);
  return scheduleId;
}

async function anUpload(dataSource: DataSource, spaceId: string): Promise<FullSpace['upload']> {
  const key = await new SpaceStore(dataSource.manager).signingKey(spaceId);
  const fileId = newId();
  const query = signedQuery(key!, { spaceId, fileId, name: 'a.csv', until: Date.now() + 600_000 });
  const { policy = '', signature = '' } = Object.fromEntries(new URLSearchParams(query));
  return { fileId, policy, signature };
}

/** Ends what was started since, as a worker does, until it is told to stop. */
export function workOn(dataSource: DataSource): { stop(): Promise<void> } {
  const first = newId();
  let isStopped = false;
  const work = async (): Promise<void> => {
    const tasks = new TaskStore(dataSource.manager);
    while (!isStopped) {
      const waiting: { id: string }[] = await dataSource.query(
        `SELECT id FROM tasks WHERE status = 'queued' AND id > $1 ORDER BY id DESC LIMIT 5`,
        [first],
      );
      for (const { id } of waiting) {
        const task = await tasks.claim(id, 'the test', 600_000);
        if (!task) continue;
        await endTasks(
          dataSource,
          { taskId: id, attempt: task.attempt },
          { status: 'succeeded', failure: null },
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  const done = work();
  return {
    stop: async () => {
      isStopped = true;
      await done;
    },
  };
}
