import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { access, chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { openTestSession, page, serveSite, startTestPool, temporaryFolder } from '@runnel/testing';
import { findBrowser, Tape } from '../src';
import { browserUser } from '../src/isolation';
import { sweepProfileFolders } from '../src/profile-folder';

const { signal } = new AbortController();
const asRoot = process.getuid?.() === 0 ? test : test.skip;
const namespaced = ['-r', '--'];
const inNamespace = spawnSync('unshare', [...namespaced, 'true']).status === 0 ? asRoot : test.skip;
const missing = (message: RegExp) => ({
  failure: { code: 'BROWSER_MISSING', message: expect.stringMatching(message) as string },
});

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'runnel-isolation-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('root’s browser runs as a user of its own, by its name or by a number', () => {
  const passwd = 'root:x:0:0::/root:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n';
  const numbered = { user: 'user 64817', owner: { uid: 64_817, gid: 64_817 } };
  expect(browserUser(passwd)).toEqual(numbered);
  const owner = { uid: 990, gid: 991 };
  const more = `${passwd}runnel-browser:x:990:991::/:/bin/false\n`;
  expect(browserUser(more)).toEqual({ user: 'runnel-browser', owner });
  expect(browserUser('')).toEqual(numbered);
});

asRoot('profiles are elsewhere when its user may not pass to their folder', async () => {
  const pool = await startTestPool({ profilesFolder: folder });
  const session = await openTestSession(pool);
  const site = await serveSite({ '/': page('<h1>Home</h1>') });
  await session.navigate(site.url, { signal });
  expect(pool.isolation).toEqual({ sandbox: true, user: expect.not.stringMatching('root') as string });
  expect(await readdir(folder)).toEqual([]);
  await session.close();
  await pool.close();
  await site.close();
});

asRoot('a program that its user may not start is not found, and is an error when it is the one', async () => {
  const { path } = await findBrowser({ executablePath: null, searchPath: process.env['PATH'] ?? '' });
  await mkdir(join(folder, 'inner'));
  const hidden = join(folder, 'inner', 'chromium');
  await symlink(path, hidden);
  await expect(startTestPool({ executablePath: hidden })).rejects.toMatchObject(
    missing(/may not pass to .*chromium.*chmod.*start as another user/),
  );
  const found = await findBrowser({ executablePath: null, searchPath: join(folder, 'inner') });
  expect(found.path).not.toBe(hidden);
});

inNamespace('root that can become nobody else starts no browser, unless it is told to', async () => {
  const script = `
    const { confine } = require(${JSON.stringify(join(__dirname, '../src/isolation.ts'))});
    const needs = { profilesFolder: '/tmp', warn: () => null };
    const say = (told) => JSON.stringify(told);
    const program = { path: process.execPath };
    Promise.all([
      confine(program, needs).then(say, (error) => error.failure.code + ' ' + error.message),
      confine(program, { ...needs, mayRunAsRoot: true }).then(({ user, sandbox }) => say({ user, sandbox })),
    ]).then((told) => console.log(told.join('\\n')));`;
  const program = [process.execPath, '-r', 'esbuild-register', '-e', script];
  const { stdout } = await promisify(execFile)('unshare', [...namespaced, ...program], { cwd: __dirname });
  const [refused, told] = stdout.split('\n');
  expect(refused).toMatch(/^BROWSER_MISSING .*SETUID.*or start as another user$/);
  expect(told).toBe('{"user":"root","sandbox":false}');
});

asRoot('what a browser left is removed as its user, not as root', async () => {
  await chmod(folder, 0o711);
  const died = spawn('true');
  await once(died, 'exit');
  const left = await mkdtemp(join(folder, `runnel-browser-${died.pid}-`));
  const own = browserUser('').owner;
  await mkdir(join(left, 'of-root', 'precious'), { recursive: true, mode: 0o700 });
  await chown(left, own.uid, own.gid);
  await sweepProfileFolders(folder);
  await access(join(left, 'of-root', 'precious'));
  await rm(join(left, 'of-root'), { recursive: true });
  await sweepProfileFolders(folder);
  expect(await readdir(folder)).toEqual([]);
});

test('the browser of a recording has all the switches of one that is guarded, and a proxy that is nowhere', async () => {
  const profilesFolder = await temporaryFolder('runnel-replay-');
  const recording = Tape.record();
  await recording.save(folder);
  const pool = await startTestPool({ profilesFolder, egress: null, tape: await Tape.replay(folder) });
  const [profile = ''] = await readdir(profilesFolder);
  const switches = (await commandOf(basename(profile))).split('\0');
  expect(switches).toEqual(
    expect.arrayContaining([
      '--proxy-server=http=127.0.0.1:9;https=127.0.0.1:9',
      '--proxy-bypass-list=<-loopback>',
      '--force-webrtc-ip-handling-policy=disable_non_proxied_udp',
      '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1',
    ]),
  );
  await pool.close();
  await rm(profilesFolder, { recursive: true, force: true });
});

async function commandOf(profile: string): Promise<string> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const commands = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
  );
  return commands.find((each) => each.includes(profile) && each.includes('--proxy-server')) ?? '';
}
