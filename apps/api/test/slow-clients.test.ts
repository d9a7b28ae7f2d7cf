import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { aDocument, cloneDatabase, startApp, TestClient, type AppProcess } from '@runnel/testing';
import type { Body } from './test-api';

const key = 'rk_a-key-that-the-test-knows';
const head = 'POST /api/robots HTTP/1.1\r\nhost: x\r\n';
let api: AppProcess;
let drop: () => Promise<void>;
let client: TestClient;

beforeAll(async () => {
  const database = await cloneDatabase();
  drop = () => database.drop();
  api = await startApp('api', { DATABASE_URL: database.url, RUNNEL_API_KEY: key });
  client = new TestClient(`http://127.0.0.1:${api.port}`, key);
});

afterAll(async () => {
  await api.kill('SIGTERM');
  await drop();
});

test('clients that never finish a request keep nobody waiting, and are cut off', async () => {
  const slow = await Promise.all(Array.from({ length: 500 }, () => begin(head)));
  const cutOff = slow.map(({ socket }) => once(socket, 'close'));
  const robot = await client.post<Body>('/api/robots', { name: 'x', definition: aDocument() });
  const path = `/api/robots/${robot.body['robot'].id}/runs`;
  const started = await Promise.all(Array.from({ length: 50 }, () => client.post(path)));
  expect(new Set(started.map(({ status }) => status))).toEqual(new Set([200]));
  expect(slow.filter(({ socket }) => socket.closed)).toHaveLength(0);
  await Promise.all(cutOff);
  expect(new Set(slow.map(({ answer }) => answer()))).toEqual(new Set(['HTTP/1.1 408']));
});

test('so is who sends a header byte by byte, or nothing at all', async () => {
  const slow = await begin(head);
  const silent = await begin('');
  const drip = setInterval(() => slow.socket.write('a'), 1_000);
  await Promise.all([once(slow.socket, 'close'), once(silent.socket, 'close')]);
  clearInterval(drip);
  expect(slow.answer()).toBe('HTTP/1.1 408');
});

test('and who promises a body and sends it byte by byte', async () => {
  const wanted = `x-api-key: ${key}\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n`;
  const slow = await begin(`${head}${wanted}`);
  const drip = setInterval(() => slow.socket.write(' '), 1_000);
  await once(slow.socket, 'close');
  clearInterval(drip);
  expect(slow.answer()).toBe('HTTP/1.1 408');
}, 90_000);

async function begin(text: string): Promise<{ socket: Socket; answer: () => string }> {
  const socket = connect(api.port, '127.0.0.1');
  let answer = '';
  socket.on('data', (chunk) => (answer += chunk.toString()));
  socket.on('error', () => null);
  await once(socket, 'connect');
  socket.write(text);
  return { socket, answer: () => answer.slice(0, 12) };
}
