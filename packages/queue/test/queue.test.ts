import { randomUUID } from 'node:crypto';
import {
  cloneDatabase,
  describeOnBothBackends,
  startTestQueue,
  until,
  type TestDatabase,
  type TestQueue,
} from '@runnel/testing';
import { JobConsumer, JobProducer, type Job } from '../src';

describeOnBothBackends('the queue', (backend) => {
  let database: TestDatabase;
  let queue: TestQueue;
  let producer: JobProducer;
  let consumer: JobConsumer | null = null;
  const done: Job[] = [];

  const startConsumer = (process: (job: Job) => Promise<void> | void = () => undefined): void => {
    consumer = new JobConsumer(queue.address, {
      concurrency: 2,
      leaseMs: 15_000,
      process: async (job) => {
        await process(job);
        done.push(job);
      },
      onError: () => undefined,
    });
  };
  const aJob = (): Job => ({ runId: randomUUID(), taskId: randomUUID() });

  beforeAll(async () => {
    database = await cloneDatabase();
    queue = await startTestQueue(backend, database.url);
    producer = new JobProducer(queue.address, () => undefined);
  });

  afterEach(async () => {
    await consumer?.close();
    consumer = null;
    done.length = 0;
  });

  afterAll(async () => {
    await producer.close();
    await queue.stop();
    await database.drop();
  });

  test('delivers ids and nothing else', async () => {
    const job = aJob();
    startConsumer();
    expect(await producer.add([{ ...job, attempt: 0, reminders: 0 }])).toBe('yes');
    await until(() => done.length === 1);
    expect(done).toEqual([job]);
  });

  test('keeps one job for an attempt however often it is added, and forgets it when it is done', async () => {
    const job = { ...aJob(), attempt: 0, reminders: 0 };
    await producer.add([job, job]);
    await producer.add([job]);
    await producer.add([{ ...job, attempt: 1, reminders: 0 }]);
    startConsumer();
    const last = aJob();
    await producer.add([{ ...last, attempt: 0, reminders: 0 }]);
    await until(() => done.some(({ taskId }) => taskId === last.taskId));
    expect(done.filter(({ taskId }) => taskId === job.taskId)).toHaveLength(2);
    // It is forgotten a moment after it is done.
    await until(async () => (await producer.add([job])) === 'yes' && done.length > 3);
  });

  test('takes what was begun before first', async () => {
    const [fresh, again] = [aJob(), aJob()];
    await producer.add([{ ...fresh, attempt: 0, reminders: 0 }]);
    await producer.add([{ ...again, attempt: 1, reminders: 0 }]);
    startConsumer();
    await until(() => done.length === 2);
    expect(done).toEqual([again, fresh]);
  });

  test('goes on after a job that fails', async () => {
    const [bad, good] = [aJob(), aJob()];
    startConsumer((job) => {
      if (job.taskId === bad.taskId) throw new Error('bad');
    });
    await producer.add([{ ...bad, attempt: 0, reminders: 0 }]);
    await producer.add([{ ...good, attempt: 0, reminders: 0 }]);
    await until(() => done.length === 1);
    expect(done).toEqual([good]);
  });

  test('closes when the jobs that it has are done', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let isBusy = false;
    startConsumer(() => {
      isBusy = true;
      return held;
    });
    await producer.add([{ ...aJob(), attempt: 0, reminders: 0 }]);
    await until(() => isBusy);
    const closing = consumer!.close();
    release();
    await closing;
    expect(done).toHaveLength(1);
  });

  if (backend === 'redis') {
    test('says soon that it did not take a job while it is away, and takes it after', async () => {
      await queue.redis!.kill();
      expect(await producer.add([{ ...aJob(), attempt: 0, reminders: 0 }])).not.toBe('yes');
      await queue.redis!.start();
      startConsumer();
      const job = { ...aJob(), attempt: 0, reminders: 0 };
      await until(async () => (await producer.add([job])) === 'yes');
      await until(() => done.some(({ taskId }) => taskId === job.taskId));
    });
  }
});
