import { runNow } from '../src';
import { keyOf, TestSchedules } from './test-schedules';
import { startTestServices, type TestServices } from './test-services';

let services: TestServices;
let schedules: TestSchedules;

beforeAll(async () => {
  services = await startTestServices();
  schedules = new TestSchedules(services);
});

afterAll(async () => {
  await services.close();
});

test('a run by hand that takes the place of another is there only with that one’s end', async () => {
  const schedule = await schedules.create();
  const press = () =>
    runNow(services.deps, {
      ...{ key: keyOf(schedule), asked: {}, overlapPolicy: 'cancel_previous', idempotencyKey: null },
    });
  const runs = () =>
    schedules.query('SELECT id, status FROM runs WHERE schedule_id = $1 ORDER BY id', [schedule.id]);
  const first = await press();
  const pressed: ReturnType<typeof press>[] = [];
  await services.dataSource.transaction(async (manager) => {
    await manager.query('SELECT FROM runs WHERE id = $1 FOR UPDATE', [first?.run.id]);
    const pressing = press();
    pressed.push(pressing);
    expect(await services.isLockedOut(pressing)).toBe(true);
    // A process that dies here leaves neither.
    expect(await runs()).toEqual([{ id: first?.run.id, status: 'queued' }]);
  });
  const [second] = await Promise.all(pressed);
  expect(await runs()).toEqual([
    { id: first?.run.id, status: 'aborted' },
    { id: second?.run.id, status: 'queued' },
  ]);
});

test('a worker that takes a task of the run that gives way stands in nobody’s way', async () => {
  const schedule = await schedules.create();
  const press = (overlapPolicy: 'allow' | 'cancel_previous') =>
    runNow(services.deps, { key: keyOf(schedule), asked: {}, overlapPolicy, idempotencyKey: null });
  const first = await press('allow');
  const runId = first?.run.id;
  const pressed: ReturnType<typeof press>[] = [];
  // As a claim does it: the task, and then its run.
  await services.dataSource.transaction(async (manager) => {
    await manager.query(`UPDATE tasks SET status = 'running', attempt = 1 WHERE run_id = $1`, [runId]);
    const pressing = press('cancel_previous');
    pressed.push(pressing);
    expect(await services.isLockedOut(pressing)).toBe(true);
    await manager.query('UPDATE runs SET seq = seq WHERE id = $1', [runId]);
  });
  const [second] = await Promise.all(pressed);
  expect(second?.run.status).toBe('queued');
  expect(await schedules.query('SELECT status FROM runs WHERE id = $1', [runId])).toEqual([
    { status: 'aborting' },
  ]);
});
