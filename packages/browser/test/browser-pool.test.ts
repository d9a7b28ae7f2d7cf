import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Session } from '@runnel/contracts';
import {
  openTestSession,
  page,
  serveSite,
  startTestPool,
  temporaryFolder,
  until,
  type Site,
} from '@runnel/testing';
import { findBrowser } from '../src';

const signal = new AbortController().signal;
const spacious = { uses: 1000, ageMs: 600_000, memoryBytes: Infinity };

let site: Site;
let profilesFolder: string;

beforeAll(async () => {
  profilesFolder = await temporaryFolder('runnel-pool-');
  site = await serveSite({ '/': page('<h1>Home</h1>') });
});

afterAll(async () => {
  await site.close();
  await rm(profilesFolder, { recursive: true, force: true });
});

const never = { optional: false, target: 'main', visible: true };
const profiles = () => readdir(profilesFolder);
const browserOf = (session: Session): Promise<string> =>
  session.ask(() => navigator.userAgent, null, { signal });

/** Processes that were started with a profile folder of this suite. */
async function browserProcesses(): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const commands = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
  );
  return pids.filter((_, index) => commands[index]!.includes(profilesFolder)).map(Number);
}

test('sessions share nothing: cookies and storage of one are not seen by another', async () => {
  const pool = await startTestPool({ profilesFolder });
  const [one, two] = [await openTestSession(pool), await openTestSession(pool)];
  for (const session of [one, two]) await session.navigate(site.url, { signal });
  const write = () => {
    document.cookie = 'who=one';
    localStorage.setItem('who', 'one');
  };
  await one.ask(write, null, { signal });
  const read = () => [document.cookie, localStorage.getItem('who')];
  expect(await one.ask(read, null, { signal })).toEqual(['who=one', 'one']);
  expect(await two.ask(read, null, { signal })).toEqual(['', null]);
  await Promise.all([one.close(), two.close()]);
  await pool.close();
});

test('a browser that was used enough is replaced, and its sessions end in peace', async () => {
  const pool = await startTestPool({ profilesFolder, limits: { ...spacious, uses: 2 } });
  const first = await openTestSession(pool);
  await (await openTestSession(pool)).close();
  const third = await openTestSession(pool);
  expect(await profiles()).toHaveLength(2);
  await first.navigate(site.url, { signal });
  expect(await browserOf(first)).toBe(await browserOf(third));
  await first.close();
  await until(async () => (await profiles()).length === 1);
  await third.close();
  await pool.close();
});

test('nothing is left when a pool is closed: no process, no folder', async () => {
  const pool = await startTestPool({ profilesFolder });
  const session = await openTestSession(pool);
  await session.navigate(site.url, { signal });
  expect((await browserProcesses()).length).toBeGreaterThan(0);
  await pool.close();
  await until(async () => (await browserProcesses()).length === 0);
  expect(await profiles()).toEqual([]);
});

test('a browser that dies fails its sessions with a code, and the next session gets another', async () => {
  const pool = await startTestPool({ profilesFolder });
  const session = await openTestSession(pool);
  await session.navigate(site.url, { signal });
  const waiting = session.perform(
    { ...never, type: 'waitForElement', selectors: ['.never'], operator: '>=', count: 1 },
    signal,
  );
  for (const pid of await browserProcesses()) process.kill(pid, 'SIGKILL');
  await expect(waiting).rejects.toMatchObject({ failure: { code: 'BROWSER_CRASHED', retryable: true } });
  await session.close();
  const next = await openTestSession(pool);
  await next.navigate(site.url, { signal });
  await next.close();
  await pool.close();
  expect(await profiles()).toEqual([]);
});

test('what a killed process left is swept by the next pool', async () => {
  const died = spawn('true');
  await once(died, 'exit');
  await mkdtemp(join(profilesFolder, `runnel-browser-${died.pid}-`));
  const pool = await startTestPool({ profilesFolder });
  expect((await profiles()).filter((name) => name.includes(`-${died.pid}-`))).toEqual([]);
  await pool.close();
});

test('where there is no browser one sentence says what to install', async () => {
  const search = findBrowser({ executablePath: '/no/such/browser', searchPath: '' });
  await expect(search).rejects.toMatchObject({
    failure: {
      code: 'BROWSER_MISSING',
      message: expect.stringMatching(/\/no\/such\/browser.*apt-get install/) as string,
    },
  });
});

test('a session does not see the environment of its worker', async () => {
  process.env['SECRET_OF_THE_WORKER'] = 'hidden';
  const pool = await startTestPool({ profilesFolder });
  const [pid] = await browserProcesses();
  expect(await readFile(`/proc/${pid}/environ`, 'utf8')).not.toContain('SECRET_OF_THE_WORKER');
  await pool.close();
});
