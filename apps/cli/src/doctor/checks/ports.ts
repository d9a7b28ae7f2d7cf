import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { ok, warning, type Finding } from '../finding';
import type { Installation } from '../installation';
import { isLoopback } from '../is-loopback';

const patienceMs = 500;

interface Port {
  name: string;
  port: number;
}

/** Ports of ours that answer on an address which others reach as well. */
export async function ports({ settings }: Installation): Promise<Finding[]> {
  const wanted = portsOf(settings);
  const open: string[] = [];
  for (const { name, port } of wanted) {
    for (const host of outerAddresses())
      if (await answers(host, port)) open.push(`${name} on ${host}:${port}`);
  }
  if (open.length === 0) return [ok('No port of ours answers beyond this machine')];
  return open.map((each) =>
    warning(
      `Others on the network reach ${each}`,
      'Let it listen on 127.0.0.1, or see to it that a firewall stands before it',
    ),
  );
}

/** The API's and those of what is on this machine with it. */
function portsOf({ PORT, RUNNEL_HEALTH_PORT, DATABASE_URL, REDIS_URL }: Installation['settings']): Port[] {
  const local = (name: string, url: string | null, usual: number): Port[] => {
    if (url === null || !isLoopback(new URL(url).hostname)) return [];
    return [{ name, port: Number(new URL(url).port) || usual }];
  };
  return [
    { name: 'the API', port: PORT },
    ...(RUNNEL_HEALTH_PORT === null ? [] : [{ name: 'the health check', port: RUNNEL_HEALTH_PORT }]),
    ...local('Postgres', DATABASE_URL, 5432),
    ...local('Redis', REDIS_URL, 6379),
  ].filter(({ port }) => port > 0);
}

function outerAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4')
    .map(({ address }) => address);
}

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: patienceMs });
    const end = (isOpen: boolean) => () => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.once('connect', end(true)).once('timeout', end(false)).once('error', end(false));
  });
}
