import { openDataSource, SpaceStore, type DataSource } from '@runnel/store';
import { startApp, type AppProcess } from '../app-process';
import { aDocument } from '../builders';
import { TestClient } from '../test-client';
import { openBenchLedger, type BenchLedger } from './bench-ledger';
import { percentile95, say } from './report';
import { seedRuns } from './seed-runs';

const sizes = { few: 1_000, many: Number(process.env['BENCH_RUNS'] ?? 1_000_000) };
const rounds = 10;
const looksARound = 100;
const key = 'rk_the-key-of-the-benchmark';

/** The same requests to two services, one with few runs and one with many, in turn. */
export async function benchLists(): Promise<void> {
  say(`lists: ${sizes.few} runs beside ${sizes.many}; ${rounds} rounds of ${looksARound} requests each`);
  const few = await Service.start(sizes.few);
  const many = await Service.start(sizes.many);
  try {
    for (const name of Object.keys(few.looks)) {
      const [a, b] = await inTurn(few.looks[name], many.looks[name]);
      const ratio = (percentile95(b) / percentile95(a)).toFixed(2);
      say(
        `  ${name}: p95 ${percentile95(a).toFixed(1)} ms, beside ${percentile95(b).toFixed(1)} ms, ratio ${ratio}`,
      );
    }
  } finally {
    await few.close();
    await many.close();
  }
}

/** One request; each call asks for another run or page. */
type Look = () => Promise<void>;

async function inTurn(few: Look | undefined, many: Look | undefined): Promise<[number[], number[]]> {
  const [a, b]: [number[], number[]] = [[], []];
  if (!few || !many) throw new Error('both services answer the same requests');
  for (const look of [few, many]) await timesOf(look);
  for (let round = 0; round < rounds; round += 1) {
    a.push(...(await timesOf(few)));
    b.push(...(await timesOf(many)));
  }
  return [a, b];
}

async function timesOf(look: Look): Promise<number[]> {
  const times: number[] = [];
  for (let count = 0; count < looksARound; count += 1) {
    const begun = performance.now();
    await look();
    times.push(performance.now() - begun);
  }
  return times;
}

/** An API over a ledger with so many runs. */
class Service {
  private constructor(
    private readonly parts: { ledger: BenchLedger; dataSource: DataSource; api: AppProcess },
    readonly looks: Record<string, Look>,
  ) {}

  static async start(count: number): Promise<Service> {
    const ledger = await openBenchLedger();
    const environment = { DATABASE_URL: ledger.databaseUrl, REDIS_URL: ledger.redisUrl, RUNNEL_API_KEY: key };
    const api = await startApp('api', { ...environment, LOG_LEVEL: 'info' });
    const client = new TestClient(`http://127.0.0.1:${api.port}`, key);
    const dataSource = await openDataSource({ url: ledger.databaseUrl, poolSize: 1, application: 'bench' });
    const robot = await client.post<{ robot: { id: string } }>('/api/robots', { definition: aDocument() });
    const robotId = robot.body.robot.id;
    const space = await new SpaceStore(dataSource.manager).first();
    if (!space) throw new Error('there is no space');
    await seedRuns(dataSource, { spaceId: space.id, robotId, count });
    return new Service({ ledger, dataSource, api }, await looksAt(client, { dataSource, robotId }));
  }

  async close(): Promise<void> {
    await this.parts.api.kill('SIGTERM');
    await this.parts.dataSource.destroy();
    await this.parts.ledger.close();
  }
}

async function looksAt(
  client: TestClient,
  { dataSource, robotId }: { dataSource: DataSource; robotId: string },
): Promise<Record<string, Look>> {
  const ids = await dataSource.query<{ id: string }[]>('SELECT id FROM runs ORDER BY random() LIMIT 1000');
  const spaces = await client.get<Spaces>('/api/spaces');
  const space = spaces.body.spaces.items[0];
  const flows = await client.get<{ data: { id: string }[] }>('/v1/flows');
  const processId = flows.body.data[0]?.id.replace('flow_', '') ?? '';
  const next = turning(ids.map(({ id }) => id));
  const hex = (): string => `R${next().replaceAll('-', '')}`;
  const batch = (): string =>
    `batch_${BigInt(`0x${next().replaceAll('-', '')}`)
      .toString(36)
      .padStart(25, '0')}`;
  const runs = `/api/robots/${robotId}/runs`;
  const platform = `/api/v2/platform/spaces/${space?.token ?? ''}`;
  const ofProcess = `process_id=${processId}&agent_id=${space?.agentId ?? ''}`;
  const look =
    (path: () => string): Look =>
    async () => {
      const { status } = await client.get(path());
      if (status !== 200) throw new Error(`GET ${path()} answered ${status}`);
    };
  return {
    'Maxun, a run': look(() => `${runs}/${next()}`),
    'Maxun, runs': look(() => runs),
    'Kognitos, a run': look(() => `/v2/runs/${batch().replace('batch_', '')}`),
    'Kognitos, runs': look(() => `/v2/runs?${ofProcess}&limit=50`),
    'Unpod, tasks of a run': look(() => `${platform}/runs/${hex()}/tasks/`),
    'Unpod, runs': look(() => `${platform}/runs/`),
    'Unpod, tasks of the space': look(() => `${platform}/tasks/`),
    'Runtype, a batch': look(() => `/v1/batch/status/${batch()}`),
    'Runtype, its results': look(() => `/v1/schedules/runs/${batch().replace('batch_', 'run_')}/results`),
    'Runtype, summary': look(() => '/v1/batch/summary'),
    'Runtype, flows': look(() => '/v1/flows'),
  };
}

interface Spaces {
  spaces: { items: { token: string; agentId: string }[] };
}

function turning(values: string[]): () => string {
  let at = 0;
  return () => values[(at += 1) % values.length] ?? '';
}
