import { setTimeout as sleep } from 'node:timers/promises';
import { openDataSource, SpaceStore, type DataSource } from '@runnel/store';
import { startApp, type AppProcess } from '../app-process';
import { aDocument } from '../builders';
import { FaultProxy } from '../faults/fault-proxy';
import { PostgresReader } from '../faults/postgres-reader';
import { TestClient } from '../test-client';
import { openBenchLedger, type BenchLedger } from './bench-ledger';
import { percentile95, report, say, type Round } from './report';
import { seedSchedules } from './seed-schedules';

const rounds = 3;
const dueCount = Number(process.env['BENCH_SCHEDULES'] ?? 10_000);
const idleCount = 100_000;
const startsPerSecond = 40;
const idleSeconds = 15;
const leadSeconds = 2;
const lookedAtSeconds = 15;
const key = 'rk_the-key-of-the-benchmark';

/** Schedules that are all due at the same moment, beside clients that start runs; and many that are not due. */
export async function benchSchedules(): Promise<void> {
  const bench = await ScheduleBench.open();
  try {
    await bench.fireTogether();
  } finally {
    await bench.close();
  }
  const idle = await ScheduleBench.open();
  try {
    await idle.lookInVain();
  } finally {
    await idle.close();
  }
}

/** An API over a ledger of its own, and a robot. */
class ScheduleBench {
  #scheduler: AppProcess | null = null;

  private constructor(
    private readonly parts: { ledger: BenchLedger; dataSource: DataSource; api: AppProcess },
    private readonly robot: { spaceId: string; robotId: string },
  ) {}

  static async open(): Promise<ScheduleBench> {
    const ledger = await openBenchLedger();
    const api = await startApp('api', { ...environmentOf(ledger), LOG_LEVEL: 'info' });
    const dataSource = await openDataSource({ url: ledger.databaseUrl, poolSize: 1, application: 'bench' });
    const client = new TestClient(`http://127.0.0.1:${api.port}`, key);
    const made = await client.post<{ robot: { id: string } }>('/api/robots', { definition: aDocument() });
    const space = await new SpaceStore(dataSource.manager).first();
    if (!space) throw new Error('there is no space');
    return new ScheduleBench({ ledger, dataSource, api }, { spaceId: space.id, robotId: made.body.robot.id });
  }

  async close(): Promise<void> {
    await Promise.all([this.parts.api.kill('SIGTERM'), this.#scheduler?.kill('SIGTERM')]);
    await this.parts.dataSource.destroy();
    await this.parts.ledger.close();
  }

  /** How long it takes to fire them all, and what clients that start runs notice of it. */
  async fireTogether(): Promise<void> {
    const queue = this.parts.ledger.redisUrl ? 'Redis' : 'Postgres';
    say(
      `schedules: ${dueCount} due at the same moment, ${startsPerSecond} POSTs a second, queue on ${queue}`,
    );
    await seedSchedules(this.parts.dataSource, { ...this.robot, count: dueCount });
    this.#scheduler = await startApp('scheduler', { ...environmentOf(this.parts.ledger), LOG_LEVEL: 'info' });
    await this.#startsDuring(sleep(5_000));
    const measured: Round[] = [];
    const seconds: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const idle = await this.#startsDuring(sleep(idleSeconds * 1_000));
      const moment = await this.#comeDue();
      await sleep(Math.max(0, moment.getTime() - Date.now()));
      const busy = await this.#startsDuring(this.#allFired());
      seconds.push(await this.#secondsToFire(moment));
      measured.push({ ours: percentile95(busy), theirs: percentile95(idle) });
    }
    say(
      `\nSeconds from the moment to the last run: ${seconds.map((each) => each.toFixed(1)).join(', ')} (bound 30)`,
    );
    report('p95 of POST a run while they are fired, beside idle (bound 2)', 'ms', measured);
  }

  /** What a look costs when nothing is due. */
  async lookInVain(): Promise<void> {
    say(`\nschedules: ${idleCount} of which none is due`);
    await seedSchedules(this.parts.dataSource, { ...this.robot, count: idleCount });
    const url = new URL(this.parts.ledger.databaseUrl);
    const proxy = await FaultProxy.open(Number(url.port), () => new PostgresReader());
    url.port = String(proxy.port);
    this.#scheduler = await startApp('scheduler', {
      ...environmentOf(this.parts.ledger),
      DATABASE_URL: url.href,
    });
    await sleep(2_000);
    const statements = new Map<string, number>();
    proxy.onAnswer = ({ statement }) => statements.set(statement, (statements.get(statement) ?? 0) + 1);
    await sleep(lookedAtSeconds * 1_000);
    await this.#scheduler.kill('SIGTERM');
    await proxy.close();
    const looks = [...statements].filter(([statement]) => /schedules|fires/.test(statement));
    for (const [statement, count] of looks) {
      const perSecond = (count / lookedAtSeconds).toFixed(2);
      say(`  ${perSecond} a second: ${statement.replace(/\s+/g, ' ').trim().slice(0, 90)} …`);
      await this.#explain(statement);
    }
    say(`  ${looks.length} statements of schedules among ${statements.size} of the scheduler`);
  }

  /** Starts runs at a steady rate for as long as something lasts; gives the milliseconds that each took. */
  async #startsDuring(lasts: Promise<void>): Promise<number[]> {
    const client = new TestClient(`http://127.0.0.1:${this.parts.api.port}`, key);
    const path = `/api/robots/${this.robot.robotId}/runs`;
    const starts: Promise<number>[] = [];
    const timer = setInterval(() => starts.push(timeOf(client, path)), 1_000 / startsPerSecond);
    await lasts;
    clearInterval(timer);
    return Promise.all(starts);
  }

  /** Gives all schedules one moment, soon. */
  async #comeDue(): Promise<Date> {
    const moment = new Date(Math.ceil(Date.now() / 1_000 + leadSeconds) * 1_000);
    await this.parts.dataSource.query('UPDATE schedules SET next_moment = $1, due_at = $1', [moment]);
    return moment;
  }

  async #allFired(): Promise<void> {
    const left = 'SELECT FROM schedules WHERE due_at <= now() LIMIT 1';
    do await sleep(100);
    while ((await this.parts.dataSource.query<object[]>(left)).length > 0);
  }

  async #secondsToFire(moment: Date): Promise<number> {
    const [found] = await this.parts.dataSource.query<{ count: number; seconds: number }[]>(
      `SELECT count(*)::int, extract(epoch FROM max(f.fired_at) - $1)::float8 AS seconds
       FROM fires f JOIN runs r ON r.id = f.id WHERE f.scheduled_for = $1 AND f.outcome = 'started'`,
      [moment],
    );
    if (found?.count !== dueCount) throw new Error(`${found?.count ?? 0} of ${dueCount} were started`);
    return found.seconds;
  }

  async #explain(statement: string): Promise<void> {
    const how = /\$\d/.test(statement) ? 'GENERIC_PLAN' : 'ANALYZE, BUFFERS';
    const lines = await this.parts.dataSource.query<{ 'QUERY PLAN': string }[]>(
      `EXPLAIN (${how}) ${statement}`,
    );
    const plan = lines.map((line) =>
      line['QUERY PLAN'].replace(/\(cost=\S+ rows=\d+ width=\d+\)/, '').trim(),
    );
    const scans = plan.filter((line) => / Scan .*on /.test(line) && !line.includes('never executed'));
    const whole = [plan.find((line) => line.startsWith('Buffers')), plan.at(-1)];
    for (const line of [...scans, ...whole]) say(`    ${line ?? ''}`);
  }
}

function environmentOf({ databaseUrl, redisUrl }: BenchLedger): Record<string, string | null> {
  return { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl, RUNNEL_API_KEY: key };
}

async function timeOf(client: TestClient, path: string): Promise<number> {
  const begun = performance.now();
  const { status } = await client.post(path);
  if (status !== 200) throw new Error(`POST ${path} answered ${status}`);
  return performance.now() - begun;
}
