import type { TestClient } from '../test-client';
import { robotNames, type RobotName } from './run-plan';

const list = {
  type: 'extractList',
  item: 'article',
  fields: { name: 'h2', price: { selector: '.price', type: 'number', required: true } },
  paginate: { by: 'next', selector: 'a.next' },
};
const inputs = [{ name: 'address', type: 'string', required: true }];
const begin = [{ type: 'navigate', url: '{{address}}' }, list];

const definitions: Record<RobotName, object> = {
  browser: { engine: 'browser', inputs, steps: begin },
  picture: { engine: 'browser', inputs, steps: [...begin, { type: 'screenshot' }] },
  http: { engine: 'http', inputs, steps: begin },
};

/** Creates the load's robots; gives their ids. */
export async function createChaosRobots(client: TestClient): Promise<Record<RobotName, string>> {
  const ids = robotNames.map(async (name) => {
    const document = { name, definition: definitions[name] };
    const { status, body } = await client.post<{ robot?: { id: string } }>('/api/robots', document);
    if (!body.robot) throw new Error(`the robot "${name}" was refused: ${status} ${JSON.stringify(body)}`);
    return [name, body.robot.id];
  });
  return Object.fromEntries(await Promise.all(ids)) as Record<RobotName, string>;
}
