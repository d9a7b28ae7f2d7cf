import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { FaultProxy } from '../src/faults/fault-proxy';
import { RedisReader } from '../src/faults/redis-reader';

describe('a fault proxy', () => {
  let echo: Server;
  let proxy: FaultProxy;
  const atServer = new Set<Socket>();
  const atApp = new Set<Socket>();
  let heard: string[];

  beforeEach(async () => {
    atServer.clear();
    heard = [];
    echo = createServer((socket) => {
      atServer.add(socket);
      socket.on('error', () => null);
      socket.on('data', (chunk: Buffer) => heard.push(chunk.toString()));
      socket.pipe(socket);
    });
    await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
    proxy = await FaultProxy.open((echo.address() as AddressInfo).port, () => new RedisReader());
  });

  afterEach(async () => {
    for (const socket of [...atServer, ...atApp]) socket.destroy();
    await proxy.close();
    echo.close();
  });

  const open = async (): Promise<Socket> => {
    const socket = connect(proxy.port, '127.0.0.1');
    atApp.add(socket);
    socket.on('error', () => null);
    await new Promise((resolve) => socket.once('connect', resolve).once('close', resolve));
    return socket;
  };
  const say = async (socket: Socket, words: string): Promise<string> => {
    socket.write(words);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    return answer.toString();
  };
  const isSilent = (socket: Socket, ms: number) =>
    Promise.race([sleep(ms, true), once(socket, 'data').then(() => false)]);
  const end = (socket: Socket) =>
    new Promise<string>((resolve) => {
      if (socket.closed) return resolve(socket.errored ? 'reset' : 'closed');
      socket.once('close', (hadError) => resolve(hadError ? 'reset' : 'closed'));
      socket.resume();
    });

  test('carries bytes both ways, and the end of a connection', async () => {
    const socket = await open();
    expect(await say(socket, 'hello')).toBe('hello');
    const ended = end(socket);
    socket.end();
    expect(await ended).toBe('closed');
  });

  test('refuses new connections and keeps those that are there', async () => {
    const before = await open();
    expect(await say(before, 'one')).toBe('one');
    proxy.mode = { kind: 'refuse' };
    expect(await end(await open())).toBe('reset');
    expect(await say(before, 'two')).toBe('two');
  });

  test('refuses while there is no server, and leads to another one', async () => {
    proxy.targetPort = null;
    expect(await end(await open())).toBe('reset');
    proxy.targetPort = (echo.address() as AddressInfo).port;
    expect(await say(await open(), 'again')).toBe('again');
  });

  test('resets all connections, at both ends', async () => {
    const socket = await open();
    await say(socket, 'hello');
    const [server] = [...atServer];
    const ends = [end(socket), end(server!)];
    proxy.reset();
    expect(await Promise.all(ends)).toEqual(['reset', 'reset']);
  });

  test('swallows everything in a black hole, then resets what it swallowed', async () => {
    const talking = await open();
    const quiet = await open();
    await say(talking, 'hello');
    await say(quiet, 'hello');
    proxy.mode = { kind: 'blackHole' };
    talking.write('lost');
    const late = await open();
    late.write('lost too');
    expect(await Promise.all([isSilent(talking, 150), isSilent(late, 150)])).toEqual([true, true]);
    const ends = [end(talking), end(late)];
    proxy.mode = { kind: 'pass' };
    expect(await Promise.all(ends)).toEqual(['reset', 'reset']);
    expect(await say(quiet, 'still here')).toBe('still here');
  });

  test('leaves the server half of a connection open in a black hole', async () => {
    const socket = await open();
    await say(socket, 'hello');
    proxy.mode = { kind: 'blackHole' };
    const [server] = [...atServer];
    socket.destroy();
    expect(await Promise.race([end(server!), sleep(150, 'open')])).toBe('open');
    const ended = end(server!);
    proxy.mode = { kind: 'pass' };
    expect(await ended).toBe('reset');
  });

  test('delays each way, in order', async () => {
    proxy.mode = { kind: 'delay', ms: 60 };
    const socket = await open();
    const began = performance.now();
    expect(await say(socket, 'hello')).toBe('hello');
    expect(performance.now() - began).toBeGreaterThan(110);
  });

  test('limits the rate', async () => {
    proxy.mode = { kind: 'limit', bytesPerSecond: 10_000 };
    const socket = await open();
    const began = performance.now();
    await say(socket, 'x'.repeat(1_000));
    expect(performance.now() - began).toBeGreaterThan(190);
  });

  test('on Redis, stops at bytes, before they arrive or before their answer does', async () => {
    const socket = await open();
    const before = proxy.at({ statement: /job-7/, when: 'before', nth: 2 }, () => {
      heard.push('before');
      return Promise.resolve('pass');
    });
    const after = proxy.at({ statement: /job-8/, when: 'after', nth: 1 }, () => {
      heard.push('after');
      return Promise.resolve('drop');
    });
    expect(await say(socket, 'add job-7')).toBe('add job-7');
    expect(await say(socket, 'again job-7')).toBe('again job-7');
    expect(await before.reached).toBe(true);
    const ended = end(socket);
    socket.write('add job-8');
    expect(await ended).toBe('reset');
    expect(await after.reached).toBe(true);
    expect(heard).toEqual(['add job-7', 'before', 'again job-7', 'add job-8', 'after']);
  });

  test('gives up a point that is not reached', async () => {
    const armed = proxy.at({ statement: /never/, when: 'before', nth: 1 }, () => Promise.resolve('drop'));
    armed.giveUp();
    expect(await armed.reached).toBe(false);
    expect(await say(await open(), 'never')).toBe('never');
  });
});
