import { HttpSessions } from '@runnel/browser';
import { parseHtml } from '@runnel/extraction';
import { createLogger } from '@runnel/runtime';
import { openDataSource, RobotStore, RunStore, SpaceStore } from '@runnel/store';
import { aDefinition, cloneDatabase, insertTestRun, page, serveSite, testEgress } from '@runnel/testing';
import { executeTask } from '../src/execute-task';

test('a step is filled with what the record of its task is called', async () => {
  const database = await cloneDatabase();
  const dataSource = await openDataSource({ url: database.url, poolSize: 2, application: 'test' });
  const http = new HttpSessions({ parseHtml, egress: testEgress() });
  const site = await serveSite({ '/7/': page('<h1>Shop</h1>') });
  const spaceId = await new SpaceStore(dataSource.manager).create('test');
  const definition = aDefinition({
    engine: 'http',
    steps: [
      { type: 'navigate', url: `${site.url}/{{record.id}}/{{record.type}}` },
      { type: 'extract', fields: { heading: 'h1', name: { selector: 'h2', default: '{{record.name}}' } } },
    ],
  });
  const robot = { spaceId, name: 'x', definition, publish: true };
  const robotId = await new RobotStore(dataSource.manager).create(robot);
  const record = { id: '7', name: 'Corner shop', type: null };
  const { runId, taskIds } = await insertTestRun(dataSource, { spaceId, robotId, task: { record } });
  const deps = {
    ...{ dataSource, workerId: 'a worker', leaseMs: 60_000, attempts: new Set<never>() },
    sessions: { browser: http, http },
    vault: null,
    dispatcher: { soon: () => undefined },
    logger: createLogger('test', 'silent'),
  };
  await executeTask(deps, { runId, taskId: taskIds[0]! });
  const view = await new RunStore(dataSource.manager).find({ spaceId, robotId, runId }, 10);
  expect(view?.rows).toEqual([{ heading: 'Shop', name: 'Corner shop' }]);
  await Promise.all([http.close(), site.close(), dataSource.destroy()]);
  await database.drop();
});
