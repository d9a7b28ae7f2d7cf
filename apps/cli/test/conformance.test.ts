import { until } from '@runnel/testing';
import { DialectWorld, Visitor, type Ask, type KnownRobot } from './dialects/dialect-world';
import { base36 } from './dialects/id-words';
import { kognitos } from './dialects/kognitos';
import { maxun } from './dialects/maxun';
import { maxunSdk } from './dialects/maxun-sdk';
import { runtype } from './dialects/runtype';
import type { Names, NamingAsk, Player } from './dialects/spoken-dialect';
import { unpod } from './dialects/unpod';
import { key, type Body } from './test-fleet';

/** The same story in all dialects, played by real processes and a real browser. */
let world: DialectWorld;
let robots: Record<'hanging' | 'failing' | 'others', KnownRobot>;
let othersRun: string;

beforeAll(async () => {
  world = await DialectWorld.start();
  robots = {
    hanging: await world.aRobot('Hangs', world.readsThe('/hangs')),
    failing: await world.aRobot('Fails', world.readsThe('/missing')),
    others: await world.aRobot('Of another', world.readsThe('/'), world.spaces.otherKey),
  };
  await world.fleet.startWorker();
  const visitor = new Visitor(world.url, maxun.keyHeaders(world.spaces.otherKey));
  const other = { world, visitor, space: world.spaces.other };
  othersRun = await maxun.start(other, robots.others);
  await until(async () => (await maxun.stateOf(other, robots.others, othersRun)) === 'success');
});

afterAll(async () => {
  await world.close();
});

const nothing = (last: number): string => `01890000-0000-7000-8000-00000000000${last}`;
const unknown = {
  space: { id: nothing(1), token: `${'0'.repeat(23)}1`, agentId: base36(nothing(1)) },
  robot: { id: nothing(2), name: 'Of nobody', handle: 'of-nobody' },
  run: nothing(3),
};

describe.each([maxun, maxunSdk, kognitos, unpod, runtype])('$name', (dialect) => {
  let player: Player;
  let robot: KnownRobot;
  const started: string[] = [];

  beforeAll(async () => {
    const visitor = new Visitor(world.url, dialect.keyHeaders(key));
    player = { world, visitor, space: world.spaces.own };
    robot = await dialect.create(player, `Reads for ${dialect.name}`);
  });

  const begin = async (): Promise<string> => {
    const runId = await dialect.start(player, robot);
    started.push(runId);
    return runId;
  };
  const inState = (of: KnownRobot, runId: string, word: string): Promise<boolean> =>
    until(async () => (await dialect.stateOf(player, of, runId)) === word);
  const named = (): Names => dialect.names(world.spaces.own, robot, started[0]!);
  const showing = (shown: string | null): Visitor =>
    new Visitor(world.url, shown === null ? {} : dialect.keyHeaders(shown));
  /** What was asked, and how it was refused. */
  const refused = async (visitor: Visitor, asks: Ask[]): Promise<object[]> => {
    const answers = await Promise.all(asks.map((ask) => visitor.ask(ask)));
    return answers.map(({ status, body }, index) => ({ ask: calledAs(asks[index]!), status, body }));
  };
  const refusal = (ask: Ask, status: number, more: object = {}): object => ({
    ...{ ask: calledAs(ask), status },
    body: expect.objectContaining({ ...dialect.refusal(status), ...marks, ...more }),
  });

  test('a robot is made and listed', async () => {
    expect(await dialect.robots(player)).toContain(robot.name);
  });

  test('a run is started, polled to its end and read', async () => {
    const runId = await begin();
    await inState(robot, runId, dialect.words.succeeded);
    const { shown, expected } = await dialect.results(player, robot, runId);
    expect(shown).toEqual(expected);
  });

  test('runs are listed to the end', async () => {
    for (let n = 0; n < 4; n += 1) await begin();
    const { seen, there } = await dialect.walk(player, robot, started);
    expect(seen).toEqual(there);
    await Promise.all(started.map((runId) => inState(robot, runId, dialect.words.succeeded)));
  });

  test('a run fails, and says why', async () => {
    const runId = await dialect.start(player, robots.failing);
    await inState(robots.failing, runId, dialect.words.failed);
    const reason = await dialect.reason?.(player, robots.failing, runId);
    expect(reason).toEqual(dialect.reason && expect.stringContaining('404'));
  });

  test('a run is aborted while it runs', async () => {
    const runId = await dialect.start(player, robots.hanging);
    await inState(robots.hanging, runId, dialect.words.running);
    expect((await dialect.abort(player, robots.hanging, runId)).status).toBe(200);
    await inState(robots.hanging, runId, dialect.words.aborted);
    expect(await world.ended(robots.hanging.id, runId)).toMatchObject({ status: 'aborted' });
    expect((await dialect.abort(player, robots.hanging, runId)).status).toBeGreaterThanOrEqual(400);
  });

  test.each([
    ['no key', null],
    ['a wrong key', 'rk_a-key-that-nobody-has'],
  ])('%s opens nothing', async (_what, shown) => {
    const asks = dialect.asks(named());
    const expected = asks.map((ask) => refusal(ask, 401, { code: 'UNAUTHORIZED' }));
    expect(await refused(showing(shown), asks)).toEqual(expected);
  });

  test('what is of another space is not there, and neither is what is nowhere', async () => {
    await absent(showing(key), naming(namesOfOthers()));
    await absent(showing(key), naming(namesOfNobody()));
    await absent(showing(world.spaces.otherKey), dialect.asks(named()));
    // None of the requests did anything to the other space's run.
    const visitor = new Visitor(world.url, maxun.keyHeaders(world.spaces.otherKey));
    expect(await maxun.stateOf({ ...player, visitor }, robots.others, othersRun)).toBe('success');
  });

  test('nothing in a refusal tells whether something is there', async () => {
    const told = async (names: Names): Promise<unknown[]> => {
      const found = await refused(showing(key), naming(names));
      return found.map((each) => withoutNames(each, names));
    };
    expect(await told(namesOfOthers())).toEqual(await told(namesOfNobody()));
  });

  test('a malformed id names nothing', async () => {
    for (const [word, ids] of Object.entries(dialect.malformed) as [keyof Names, string[]][]) {
      for (const id of ids) {
        const asks = otherThanOwn(dialect.asks({ ...named(), [word]: id }));
        expect(asks.length).toBeGreaterThan(0);
        await absent(showing(key), asks);
      }
    }
  });

  test('a malformed body is refused where it is wrong', async () => {
    const { ask, status, field } = dialect.wrongStart(named());
    const wrong = await player.visitor.ask(ask);
    expect([wrong.status, wrong.body]).toEqual([
      status,
      expect.objectContaining({ ...dialect.refusal(status), ...marks, code: 'INVALID_INPUT' }),
    ]);
    expect(JSON.stringify(wrong.body)).toContain(`"${field}"`);
    const broken = await player.visitor.send(ask.method, ask.path, '{"name": ');
    expect([broken.status, broken.body]).toEqual([
      400,
      expect.objectContaining({ ...dialect.refusal(400), ...marks, code: 'BODY_NOT_JSON' }),
    ]);
  });

  test('a body of more than 1 MiB is too large', async () => {
    const { ask } = dialect.wrongStart(named());
    const body = JSON.stringify({ ...(ask.body as Body), name: 'x'.repeat(1024 * 1024) });
    const answer = await player.visitor.send(ask.method, ask.path, body);
    expect([answer.status, answer.body]).toEqual([
      413,
      expect.objectContaining({ ...dialect.refusal(413), ...marks, code: 'BODY_TOO_LARGE' }),
    ]);
  });

  const namesOfOthers = (): Names => dialect.names(world.spaces.other, robots.others, othersRun);
  const namesOfNobody = (): Names => dialect.names(unknown.space, unknown.robot, unknown.run);
  /** Requests that name all of this, or one thing of it beside what is this space's own. */
  const naming = (names: Names): NamingAsk[] => {
    const words = Object.entries(names);
    const each = [names, ...words.map(([word, name]) => ({ ...named(), [word]: name }))];
    return each.flatMap((mixed) => otherThanOwn(dialect.asks(mixed)));
  };
  const otherThanOwn = (asks: NamingAsk[]): NamingAsk[] => {
    const own = dialect.asks(named()).map((ask) => JSON.stringify(ask));
    return asks.filter((ask) => !own.includes(JSON.stringify(ask)));
  };
  const absent = async (visitor: Visitor, asks: NamingAsk[]): Promise<void> => {
    expect(await refused(visitor, asks)).toEqual(asks.map((ask) => refusal(ask, ask.absent)));
  };
});

const marks = {
  code: expect.stringMatching(/^[A-Z_]+$/),
  requestId: expect.stringMatching(/^\S+$/),
};

const calledAs = ({ method, path }: Ask): string => `${method} ${path}`;

/** What is left of a refusal when the names that were sent and its number are taken out. */
function withoutNames(refusal: object, names: Names): string {
  const text = JSON.stringify(refusal).replace(/"requestId":"[^"]*"/, '');
  return Object.entries(names).reduce((rest, [word, name]) => rest.replaceAll(name, word), text);
}
