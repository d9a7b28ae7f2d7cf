import { connect, isIP } from 'node:net';
import { loopbackNetwork, ownNetwork, ports } from './lab-network';
import type { LabReport, SideReport } from './lab-report';
import { LabWorld } from './lab-world';
import { runCases } from './run-cases';
import { runSchemes } from './run-schemes';
import { runSide } from './run-side';
import type { UrlForm } from './url-forms';

/** The whole matrix in this process's network; its report goes to the process that started it. */
async function main(): Promise<void> {
  const began = performance.now();
  const world = await LabWorld.start(process.argv[2] === 'own' ? ownNetwork : loopbackNetwork);
  try {
    const forms = await Promise.all(
      world.targets.forms.map(async (form) => ({
        id: form.id,
        target: form.target,
        isReachable: await isReachable(world, form),
      })),
    );
    const sides = { open: await side(world, false), guarded: await side(world, true) };
    const cases = await runCases(world);
    const schemes = await runSchemes(world);
    const ms = Math.round(performance.now() - began);
    const report: LabReport = { isOwnNetwork: world.network.isOwn, forms, sides, cases, schemes, ms };
    await new Promise((told) => process.send?.(report, told));
  } finally {
    world.close();
  }
}

async function side(world: LabWorld, isGuarded: boolean): Promise<SideReport> {
  world.renew();
  const engines = await world.engines(isGuarded ? world.egress(`localhost:${ports.secure}`) : null);
  try {
    return await runSide(world, engines);
  } finally {
    await engines.close();
  }
}

/** Whether somebody without a browser gets there: the kernel may not have such an address. */
async function isReachable({ names, network }: LabWorld, { url }: UrlForm): Promise<boolean> {
  if (!URL.canParse(url)) return false;
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
  if (host === network.site) return true;
  const address = isIP(host) === 0 ? ((await names.lookup(host))[0]?.address ?? '') : host;
  // Of several answers the system takes the one that it likes better.
  return address !== network.site && (await connects(address));
}

function connects(host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port: ports.http, timeout: 1_000 });
    const end = (isOpen: boolean): void => {
      socket.destroy();
      resolve(isOpen);
    };
    socket
      .once('connect', () => end(true))
      .once('error', () => end(false))
      .once('timeout', () => end(false));
  });
}

void main().then(
  () => process.exit(),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  },
);
