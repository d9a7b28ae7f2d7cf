import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { aDocument, cloneDatabase, startApp, TestClient } from '@runnel/testing';
import type { Body } from './test-api';

test('clients that never finish a request keep nobody waiting, and are cut off', async () => {
  const database = await cloneDatabase();
  const key = 'rk_a-key-that-the-test-knows';
  const api = await startApp('api', { DATABASE_URL: database.url, RUNNEL_API_KEY: key });
  const slow = await Promise.all(Array.from({ length: 500 }, () => beginRequest(api.port)));
  const cutOff = slow.map(({ socket }) => once(socket, 'close'));
  const client = new TestClient(`http://127.0.0.1:${api.port}`, key);
  const robot = await client.post<Body>('/api/robots', { name: 'x', definition: aDocument() });
  const path = `/api/robots/${robot.body['robot'].id}/runs`;
  const started = await Promise.all(Array.from({ length: 50 }, () => client.post(path)));
  expect(new Set(started.map(({ status }) => status))).toEqual(new Set([200]));
  expect(slow.filter(({ socket }) => socket.closed)).toHaveLength(0);
  await Promise.all(cutOff);
  expect(new Set(slow.map(({ answer }) => answer()))).toEqual(new Set(['HTTP/1.1 408']));
  await api.kill('SIGTERM');
  await database.drop();
});

async function beginRequest(port: number): Promise<{ socket: Socket; answer: () => string }> {
  const socket = connect(port, '127.0.0.1');
  let answer = '';
  socket.on('data', (chunk) => (answer += chunk.toString()));
  socket.on('error', () => null);
  await once(socket, 'connect');
  socket.write('POST /api/robots HTTP/1.1\r\nhost: x\r\n');
  return { socket, answer: () => answer.slice(0, 12) };
}
