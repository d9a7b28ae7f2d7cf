import { serveShop, type Shop } from '@runnel/shop';
import { page, serveSite, type Site } from '@runnel/testing';
import { prefixed } from './dialects/id-words';
import { TestFleet } from './test-fleet';
import { everySecond, TestSchedules, yearly } from './test-schedules';

/** What people do to a schedule, and what its next moment makes of it. */
describe('a schedule', () => {
  let fleet: TestFleet;
  let schedules: TestSchedules;
  let site: Site;
  let shop: Shop;
  let robotId: string;

  beforeAll(async () => {
    fleet = await TestFleet.start('postgres');
    schedules = await TestSchedules.open(fleet);
    site = await serveSite({ '/': page('<h1>Home</h1>'), '/empty': page('') });
    shop = await serveShop({ products: 12, perPage: 4 });
    robotId = await aReader('/');
    await fleet.startWorker();
  });

  afterAll(async () => {
    await schedules.close();
    await fleet.close();
    await Promise.all([site.close(), shop.close()]);
  });

  const aReader = (path: string, maxAttempts = 1): Promise<string> => {
    const steps = [
      { type: 'navigate', url: `${site.url}${path}` },
      { type: 'extractList', name: 'page', item: 'h1', fields: { heading: ':scope' } },
    ];
    return fleet.aRobot(steps, { maxAttempts }, { engine: 'http', inputs: [{ name: 'word' }] });
  };
  /** A moment that is due now, and what became of it. */
  const fire = async (scheduleId: string) =>
    schedules.outcomeOf(scheduleId, await schedules.comeDue(scheduleId));

  describe('that is edited between two moments', () => {
    test('fires the very next one with its new inputs and its new robot', async () => {
      const trigger = yearly;
      const scheduleId = await schedules.create(robotId, {
        trigger,
        inputs: { word: 'one' },
        overlapPolicy: 'allow',
      });
      expect(await fire(scheduleId)).toMatchObject({ robotId, inputs: [{ word: 'one' }] });
      await schedules.change(scheduleId, { inputs: { word: 'two' } });
      expect(await fire(scheduleId)).toMatchObject({ robotId, inputs: [{ word: 'two' }] });
      const other = await aReader('/');
      await schedules.change(scheduleId, { target: { flowId: prefixed('flow', other) } });
      expect(await fire(scheduleId)).toMatchObject({ robotId: other, inputs: [{ word: 'two' }] });
    });

    test('has the moments of its new pattern, and none of the old one', async () => {
      const scheduleId = await schedules.create(robotId, { trigger: yearly });
      await schedules.change(scheduleId, { trigger: everySecond });
      await schedules.firesWhen(scheduleId, (fires) => fires.length >= 2);
      await schedules.change(scheduleId, { trigger: yearly });
      const before = await schedules.fires(scheduleId);
      await schedules.passed(new Date((await schedules.now()).getTime() + 2_500));
      expect((await schedules.fires(scheduleId)).map(({ id }) => id)).toEqual(before.map(({ id }) => id));
      const moments = before.map(({ scheduledFor }) => scheduledFor.getTime());
      expect(moments.map((moment) => moment % 1000)).toEqual(moments.map(() => 0));
    });

    test('runs the version that was published last', async () => {
      const scheduleId = await schedules.create(robotId, { trigger: yearly, overlapPolicy: 'allow' });
      // From now on its version is known to the scheduler.
      await fire(scheduleId);
      const definition = {
        engine: 'http',
        inputs: [{ name: 'word' }],
        steps: [
          { type: 'navigate', url: `${site.url}/` },
          { type: 'extractList', name: 'newer', item: 'h1', fields: { heading: ':scope' } },
        ],
      };
      const path = `/api/robots/${robotId}?publish=true`;
      const { status } = await fleet.client.send('PUT', path, { body: JSON.stringify({ definition }) });
      expect(status).toBe(200);
      const { id } = await fire(scheduleId);
      await schedules.allEnded();
      expect(Object.keys((await fleet.look(robotId, id))['lists'] ?? {})).toEqual(['newer']);
    });
  });

  describe('that is run by hand', () => {
    test('starts one run for one Idempotency-Key, pressed twice in a row and at the same time', async () => {
      const scheduleId = await schedules.create(robotId, { trigger: yearly });
      const headers = { 'idempotency-key': 'pressed-twice' };
      const press = () => schedules.ask(scheduleId, 'run-now', headers);
      const answers = [...(await Promise.all([press(), press(), press()])), await press()];
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
      expect(new Set(answers.map(({ body }) => body['batchExecutionId'])).size).toBe(1);
      const fires = await schedules.fires(scheduleId);
      expect(fires.map(({ kind, outcome }) => [kind, outcome])).toEqual([['manual', 'started']]);
      const runs = 'SELECT id FROM runs WHERE schedule_id = $1';
      expect(await schedules.query(runs, [scheduleId])).toHaveLength(1);
    });

    test('starts a run each time without a key, when the one before has ended', async () => {
      const scheduleId = await schedules.create(robotId, { trigger: yearly });
      for (const count of [1, 2]) {
        expect(await schedules.ask(scheduleId, 'run-now')).toMatchObject({ status: 200 });
        await schedules.allEnded();
        expect(await schedules.fires(scheduleId)).toHaveLength(count);
      }
    });
  });

  describe('that is paused', () => {
    test('notes its moments, and goes on when it is resumed', async () => {
      const scheduleId = await schedules.create(robotId, { trigger: yearly, overlapPolicy: 'allow' });
      expect(await schedules.ask(scheduleId, 'pause')).toMatchObject({ status: 200 });
      expect(await fire(scheduleId)).toMatchObject({ outcome: 'skipped_paused', status: null });
      expect(await schedules.look(scheduleId)).toMatchObject({ enabled: false });
      expect(await schedules.ask(scheduleId, 'resume')).toMatchObject({ status: 200 });
      expect(await fire(scheduleId)).toMatchObject({ outcome: 'started' });
      expect(await schedules.look(scheduleId)).toMatchObject({ enabled: true });
    });

    test('pauses itself when its runs fail one after the other, and says why', async () => {
      const failing = await aReader('/empty');
      const scheduleId = await schedules.create(failing, { trigger: yearly, pauseAfterFailures: 2 });
      for (let count = 0; count < 2; count += 1) {
        expect(await fire(scheduleId)).toMatchObject({ outcome: 'started' });
        await schedules.allEnded();
      }
      expect(await fire(scheduleId)).toMatchObject({
        outcome: 'skipped_paused',
        reason: expect.stringContaining('the last 2 runs failed'),
        status: null,
      });
      expect(await schedules.look(scheduleId)).toMatchObject({
        enabled: false,
        pauseNote: 'the last 2 runs failed',
      });
      await schedules.ask(scheduleId, 'resume');
      // What failed before does not count any more.
      expect(await fire(scheduleId)).toMatchObject({ outcome: 'started' });
    });
  });

  test('reads the details of what another robot has listed', async () => {
    const lister = await fleet.aRobot(
      [
        { type: 'navigate', url: shop.url },
        {
          type: 'extractList',
          name: 'teas',
          item: 'article.product',
          fields: {
            name: 'h2',
            price: { selector: '.price', type: 'number' },
            link: { selector: 'h2 a', attribute: 'href' },
          },
          paginate: { by: 'next', selector: 'a.next' },
        },
      ],
      {},
      { engine: 'http' },
    );
    const reader = await fleet.aRobot(
      [
        { type: 'navigate', url: '{{address}}' },
        { type: 'extract', name: 'tea', fields: { name: 'h1', origin: '.origin' } },
      ],
      {},
      { engine: 'http', inputs: [{ name: 'address' }] },
    );
    await fleet.ended(lister, await fleet.run(lister));
    const recordFilter = {
      flowId: prefixed('flow', lister),
      list: 'teas',
      where: [{ field: 'price', op: 'gt', value: 20 }],
      inputs: { address: 'link' },
    };
    const scheduleId = await schedules.create(reader, { trigger: yearly, target: { recordFilter } });
    const { id, inputs } = await fire(scheduleId);
    const expected = shop.products
      .filter(({ price }) => price > 20)
      .map(({ name, origin }) => ({ name, origin }));
    expect(expected.length).toBeGreaterThan(3);
    expect(inputs).toHaveLength(expected.length);
    const run = await fleet.ended(reader, id);
    expect(run).toMatchObject({ status: 'success', progress: { tasks: expected.length } });
    expect(run['data']).toEqual(expected);
  });
});
