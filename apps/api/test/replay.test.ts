import { until } from '@runnel/testing';
import { asBase36 } from '../src/id-forms';
import type { Body } from './test-api';
import { UnpodWorld } from './unpod-world';

let world: UnpodWorld;

beforeAll(async () => {
  world = await UnpodWorld.start();
});

afterAll(async () => {
  await world.api.close();
});

/** Sends a start, lets the world change, and sends it again: the run of the first time is the answer. */
async function holds(
  send: (headers: Record<string, string>) => Promise<{ status: number; body: Body; headers: Headers }>,
  key: string,
  change: () => Promise<unknown>,
): Promise<void> {
  const headers = { 'idempotency-key': key };
  const first = await send(headers);
  expect([first.status, first.headers.get('idempotent-replayed')]).toEqual([200, null]);
  await change();
  const again = await send(headers);
  expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([200, 'true']);
  const { run_id: run, batchExecutionId: batch } = { ...first.body, ...first.body['data'] };
  expect({ ...again.body, ...again.body['data'] }).toMatchObject(
    run ? { run_id: run } : { batchExecutionId: batch },
  );
}

describe('a start that is sent again with its key finds its run', () => {
  test('when the moment has passed that it was to begin at', async () => {
    const pilot = await world.anAgent('later');
    const moment = new Date(Math.ceil(Date.now() / 1_000) * 1_000 + 1_000);
    const [calling_date, time = ''] = moment.toISOString().split('T');
    const schedule = { type: 'custom', calling_date, calling_time: time.slice(0, 8) };
    const body = { pilot, documents: [{ city: 'Oslo' }], schedule };
    await holds(
      (headers) => world.create(body, headers),
      'later',
      () => until(() => Date.now() > moment.getTime()),
    );
  });

  test('when the robot asks for other inputs by now', async () => {
    const pilot = await world.anAgent('changing');
    const { body } = await world.api.client.get<Body>('/api/robots?search=changing');
    const [{ id }] = body['robots'].items;
    const inputs = [{ name: 'city' }, { name: 'name' }, { name: 'more', required: true }];
    const definition = { inputs, steps: [{ type: 'navigate', url: 'http://127.0.0.1:9/' }] };
    await holds(
      (headers) => world.create({ pilot, documents: [{ id: '1', name: 'N', city: 'Oslo' }] }, headers),
      'changing',
      async () => {
        const path = `/api/robots/${id}?publish=true`;
        const answer = await world.api.client.send('PUT', path, { body: JSON.stringify({ definition }) });
        expect(answer.status).toBe(200);
      },
    );
  });

  test('when the file is gone whose records were named', async () => {
    const { client } = world.api;
    const flowId = `flow_${asBase36(await world.api.aRobot())}`;
    const sent = { body: '[{"id":"1"}]', headers: { 'content-type': 'application/json' } };
    const { body } = await client.send<Body>('POST', '/api/files?name=a.json', sent);
    const { id } = body['file'];
    const recordIds = [`rec_${asBase36(id)}_0`];
    await holds(
      (headers) => client.post<Body>('/v1/batch/flow', { flowId, recordIds }, headers),
      'file',
      async () => {
        expect((await client.send('DELETE', `/api/files/${id}`)).status).toBe(200);
      },
    );
  });

  test('when the robot reads other formats by now', async () => {
    const { client } = world.api;
    const reads = (format: string) => ({
      steps: [
        { type: 'navigate', url: 'http://127.0.0.1:9/' },
        { type: 'content', name: 'page', formats: [format] },
      ],
    });
    const id = await world.api.aRobot(reads('markdown'));
    const start = { formats: ['markdown'] };
    const headers = { 'idempotency-key': 'formats' };
    const first = await client.post<Body>(`/api/robots/${id}/runs`, start, headers);
    expect(first.status).toBe(200);
    const body = JSON.stringify({ definition: reads('html') });
    expect((await client.send('PUT', `/api/robots/${id}?publish=true`, { body })).status).toBe(200);
    const again = await client.post<Body>(`/api/robots/${id}/runs`, start, headers);
    expect([again.status, again.body['run'].runId]).toEqual([200, first.body['run'].runId]);
    expect((await client.post(`/api/robots/${id}/runs`, start)).status).toBe(400);
  });
});
