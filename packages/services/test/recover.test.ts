import { JobConsumer, JobProducer } from '@runnel/queue';
import {
  endTasks,
  openDataSource,
  RobotStore,
  RunStore,
  SpaceStore,
  TaskStore,
  type DataSource,
} from '@runnel/store';
import {
  aDefinition,
  cloneDatabase,
  describeOnBothBackends,
  insertTestRun,
  startTestQueue,
  until,
  type TestDatabase,
  type TestQueue,
} from '@runnel/testing';
import { abortRun, Dispatcher, recoverTasks } from '../src';

describeOnBothBackends('what is lost is found again', (backend) => {
  let database: TestDatabase;
  let queue: TestQueue;
  let dataSource: DataSource;
  let tasks: TaskStore;
  let producer: JobProducer;
  let dispatcher: Dispatcher;
  let consumer: JobConsumer | null = null;
  let spaceId: string;
  let robotId: string;
  const taken: string[] = [];
  const errors: unknown[] = [];

  beforeEach(async () => {
    database = await cloneDatabase();
    queue = await startTestQueue(backend, database.url);
    dataSource = await openDataSource({ url: database.url, poolSize: 5, application: 'test' });
    tasks = new TaskStore(dataSource.manager);
    producer = new JobProducer(queue.address, () => undefined);
    dispatcher = new Dispatcher(dataSource, producer, (error) => errors.push(error));
    spaceId = await new SpaceStore(dataSource.manager).create('test');
    const robot = { spaceId, name: 'A robot', definition: aDefinition(), publish: true };
    robotId = await new RobotStore(dataSource.manager).create(robot);
  });

  afterEach(async () => {
    await consumer?.close();
    consumer = null;
    await dispatcher.close();
    await producer.close();
    await dataSource.destroy();
    await queue.stop();
    await database.drop();
    taken.length = 0;
    errors.length = 0;
  });

  const aRun = (count = 1, task = {}) => insertTestRun(dataSource, { spaceId, robotId, count, task });
  const sweep = () => recoverTasks({ dataSource, dispatcher, onError: (error) => errors.push(error) });
  const view = async (runId: string) =>
    (await new RunStore(dataSource.manager).find({ spaceId, robotId, runId }, 10))!;
  const consume = (): void => {
    consumer = new JobConsumer(queue.address, {
      ...{ concurrency: 2, leaseMs: 15_000, onError: () => undefined },
      process: ({ taskId }) => Promise.resolve(void taken.push(taskId)),
    });
  };
  const emptyQueue = async (): Promise<void> => {
    if (queue.redis) {
      await queue.redis.kill();
      await queue.redis.start();
      await until(async () => (await producer.add([])) === 'yes');
      return;
    }
    const found: { name: string }[] = await dataSource.query(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname = 'bullmq'
       AND tablename NOT LIKE '%migration%'`,
    );
    expect(found.length).toBeGreaterThan(1);
    for (const { name } of found) await dataSource.query(`TRUNCATE ${name} CASCADE`);
  };
  const makeSilent = () => dataSource.query(`UPDATE tasks SET dispatched_at = now() - interval '1 min'`);

  test('a run whose process died right after it was committed', async () => {
    const { taskIds } = await aRun(3);
    consume();
    expect(await sweep()).toMatchObject({ dispatched: 3 });
    await until(() => taken.length === 3);
    expect([...taken].sort()).toEqual([...taskIds].sort());
  });

  test('jobs of a queue that was emptied', async () => {
    const { taskIds } = await aRun(3);
    expect(await dispatcher.dispatch()).toBe(3);
    await emptyQueue();
    consume();
    await makeSilent();
    await until(async () => {
      await sweep();
      return new Set(taken).size === 3;
    });
    expect(new Set(taken)).toEqual(new Set(taskIds));
    expect(errors).toEqual([]);
  });

  test('a task whose job the queue gave to somebody who does nothing with it', async () => {
    const { taskIds } = await aRun();
    const idle = new JobConsumer(queue.address, {
      ...{ concurrency: 1, leaseMs: 15_000, onError: () => undefined },
      process: ({ taskId }) => (taken.push(taskId), new Promise<void>((resolve) => (letGo = resolve))),
    });
    let letGo = (): void => undefined;
    await sweep();
    await until(() => taken.length === 1);
    consume();
    await until(async () => {
      await makeSilent();
      await sweep();
      return taken.length === 2;
    });
    expect(taken).toEqual([taskIds[0], taskIds[0]]);
    letGo();
    await idle.close();
  });

  test('tasks of a worker that is silent, and their attempts are counted', async () => {
    const { runId, taskIds } = await aRun(1, { maxAttempts: 2 });
    const first = await tasks.claim(taskIds[0]!, 'a worker', 0);
    await until(async () => (await sweep()).lost === 1);
    expect(await tasks.renew({ taskId: taskIds[0]!, attempt: first!.attempt }, 60_000)).toBeNull();
    expect(await view(runId)).toMatchObject({ status: 'running', failure: { code: 'WORKER_LOST' } });
    await tasks.claim(taskIds[0]!, 'another worker', 0);
    await until(async () => (await sweep()).lost === 1);
    expect(await view(runId)).toMatchObject({
      status: 'failed',
      attempts: 2,
      failure: { code: 'WORKER_LOST' },
    });
  });

  test('a task that was given back before, which is no attempt', async () => {
    const { runId, taskIds } = await aRun(1, { maxAttempts: 2 });
    const first = await tasks.claim(taskIds[0]!, 'a worker that stops', 60_000);
    const claim = { taskId: taskIds[0]!, attempt: first!.attempt };
    await tasks.requeue(claim, { reason: 'drain', failure: null, delayMs: 0, attempt: 'returned' });
    await tasks.claim(taskIds[0]!, 'a worker that dies', 0);
    await until(async () => (await sweep()).lost === 1);
    expect(await view(runId)).toMatchObject({ status: 'running', attempts: 2 });
  });

  test('a task that may be tried once is not given to another worker', async () => {
    const { runId, taskIds } = await aRun(1, { maxAttempts: 1 });
    await tasks.claim(taskIds[0]!, 'a worker', 0);
    await until(async () => (await sweep()).lost === 1);
    expect(await view(runId)).toMatchObject({ status: 'failed', attempts: 1 });
  });

  test('a task that came back to a run which is being aborted', async () => {
    const { runId, taskIds } = await aRun();
    const claim = {
      taskId: taskIds[0]!,
      attempt: (await tasks.claim(taskIds[0]!, 'a worker', 60_000))!.attempt,
    };
    await abortRun(dataSource, { spaceId, robotId, runId });
    await tasks.requeue(claim, { reason: 'drain', failure: null, delayMs: 0, attempt: 'returned' });
    await sweep();
    expect((await view(runId)).status).toBe('aborted');
  });

  test('an old job finds nothing to do', async () => {
    const { runId, taskIds } = await aRun();
    const task = await tasks.claim(taskIds[0]!, 'a worker', 60_000);
    await endTasks(
      dataSource,
      { taskId: taskIds[0]!, attempt: task!.attempt },
      { status: 'succeeded', failure: null },
    );
    consume();
    await producer.add([0, 1, 2].map((attempt) => ({ runId, taskId: taskIds[0]!, attempt, reminders: 0 })));
    await until(() => taken.length === 3);
    expect(await tasks.claim(taskIds[0]!, 'a worker', 60_000)).toBeNull();
    expect(await sweep()).toEqual({ lost: 0, dispatched: 0 });
  });

  if (backend === 'redis') {
    test('runs that came while the queue was away wait in the ledger, and are told when it is back', async () => {
      await queue.redis!.kill();
      await aRun(3);
      expect(await dispatcher.dispatch()).toBe(0);
      await queue.redis!.start();
      consume();
      await until(async () => {
        await sweep();
        return new Set(taken).size === 3;
      });
    });
  }
});
