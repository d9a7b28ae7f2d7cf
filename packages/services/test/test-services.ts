import { JobProducer } from '@runnel/queue';
import { openDataSource, SpaceStore, type DataSource } from '@runnel/store';
import { cloneDatabase, isSomebodyLockedOut, secretKey, testEgress, until } from '@runnel/testing';
import { Dispatcher, RunIntake, RunnableRobots, Vault, type RobotDeps } from '../src';
import type { StartDeps } from '../src/run/start-run';
import type { ScheduleDeps } from '../src/schedule/schedule-deps';

export interface TestServices {
  dataSource: DataSource;
  /** What starts runs, by themselves and by schedules, and what saves robots. */
  deps: StartDeps & ScheduleDeps & RobotDeps & { vault: Vault };
  spaceId: string;
  /** Looks until the work waits for what another has locked; false: it is done without. */
  isLockedOut(work: Promise<unknown>): Promise<boolean>;
  close(): Promise<void>;
}

/** The verbs' dependencies on a database of their own, with a space in it. */
export async function startTestServices(): Promise<TestServices> {
  const database = await cloneDatabase();
  const dataSource = await openDataSource({ url: database.url, poolSize: 5, application: 'test' });
  const producer = new JobProducer({ databaseUrl: database.url, redisUrl: null }, () => undefined);
  const dispatcher = new Dispatcher(dataSource, producer, () => undefined);
  const intake = new RunIntake(dataSource, dispatcher);
  return {
    dataSource,
    deps: {
      ...{ dataSource, intake, robots: new RunnableRobots(dataSource), dispatcher },
      ...{ egress: testEgress(), vault: Vault.parse(secretKey) },
    },
    spaceId: await new SpaceStore(dataSource.manager).create('test'),
    isLockedOut: async (work) => {
      let isDone = false;
      const end = () => (isDone = true);
      void work.then(end, end);
      await until(async () => isDone || (await isSomebodyLockedOut(dataSource)));
      return !isDone;
    },
    close: async () => {
      await intake.close();
      await dispatcher.close();
      await producer.close();
      await dataSource.destroy();
      await database.drop();
    },
  };
}
