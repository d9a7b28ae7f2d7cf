import { isUrl } from '@runnel/contracts';
import { connect, isIP } from 'node:net';
import { loopbackNetwork, ownNetwork, ports } from './lab-network';
import type { GuardedReport, OpenReport } from './lab-report';
import { LabWorld } from './lab-world';
import { runCases } from './run-cases';
import { runSchemes } from './run-schemes';
import { runSide } from './run-side';
import { timed, type Times } from './timed';
import type { UrlForm } from './url-forms';

/** A half of the matrix in this process's network; its report goes to the process that started it. */
async function main([network, half]: string[]): Promise<void> {
  const world = await LabWorld.start(network === 'own' ? ownNetwork : loopbackNetwork);
  try {
    const report = await (half === 'open' ? withoutGuard(world) : withGuard(world));
    await new Promise((told) => process.send?.(report, told));
  } finally {
    world.close();
  }
}

async function withoutGuard(world: LabWorld): Promise<OpenReport> {
  const forms = await Promise.all(
    world.targets.forms.map(async (form) => ({
      id: form.id,
      target: form.target,
      isReachable: await isReachable(world, form),
    })),
  );
  world.renew();
  const engines = await world.engines(null);
  return { open: await runSide(world, engines).finally(() => engines.close()), forms };
}

async function withGuard(world: LabWorld): Promise<GuardedReport> {
  world.renew();
  const engines = await world.engines(world.egress(`localhost:${ports.secure}`));
  const guarded = await runSide(world, engines).finally(() => engines.close());
  const ms: Times = {};
  const cases = await timed(ms, 'cases', () => runCases(world));
  const schemes = await timed(ms, 'schemes', () => runSchemes(world));
  return { guarded, cases, schemes, ms };
}

/** Whether somebody without a browser gets there: the kernel may not have such an address. */
async function isReachable({ names, network }: LabWorld, { url }: UrlForm): Promise<boolean> {
  if (!isUrl(url)) return false;
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

// Who started it was killed.
process.once('disconnect', () => process.exit(1));

void main(process.argv.slice(2)).then(
  () => process.exit(),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  },
);
