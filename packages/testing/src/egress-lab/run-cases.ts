import type { SessionExtras, SessionSource } from '@runnel/contracts';
import { by } from './hostile-site';
import { ports, type LabNetwork } from './lab-network';
import type { CaseReport } from './lab-report';
import { inSession, opensAddress, runRobot, type RobotEnd } from './lab-robot';
import type { LabWorld } from './lab-world';
import { wayMark } from './url-forms';

/** One visit, with more said than an installation says by itself. */
interface Case {
  name: string;
  address: string;
  allow?: string;
  options?: object;
  extras?: SessionExtras;
}

const engineNames = ['browser', 'http'] as const;

/** Settings, proxies and keys that let in what they name and nothing else; by engine and name. */
export async function runCases(world: LabWorld): Promise<Record<string, CaseReport>> {
  const reports: Record<string, CaseReport> = {};
  const cases = [...settingCases(world.network), ...proxyCases(world.network)];
  for (const allow of new Set(cases.map((each) => each.allow))) {
    const engines = await world.engines(world.egress(allow));
    try {
      for (const each of cases.filter((one) => one.allow === allow)) {
        for (const engine of engineNames) {
          world.renew();
          const end = await visit(engines[engine], each);
          const { canaries } = world;
          const hits = { innerHits: canaries.inner().length, controlHits: canaries.control().length };
          reports[`${engine}: ${each.name}`] = { ...end, ...hits };
        }
      }
    } finally {
      await engines.close();
    }
  }
  return reports;
}

/** How it failed to open a session, or the page. */
async function visit(source: SessionSource, { address, options = {}, extras = {} }: Case): Promise<RobotEnd> {
  const read: RobotEnd[] = [];
  const opened = await inSession(source, { options, extras }, async (session) => {
    read.push(await runRobot(session, { steps: opensAddress, address }));
  });
  return read[0] ?? opened;
}

const at = (host: string, port = ports.http): string =>
  by('case', `http://${host}:${port}/hit/${wayMark}/case`);

function settingCases({ inner, isOwn, control }: LabNetwork): Case[] {
  const { private: host = '' } = inner;
  const pair = `${host}:${ports.http}`;
  const named = 'private.example, *.nip.example, metadata.example';
  const cases = [
    { name: 'an allowed host and port', allow: pair, address: at(host) },
    { name: 'another port of an allowed host', allow: pair, address: at(host, ports.other) },
    { name: 'another host than the allowed', allow: pair, address: at('127.0.0.1') },
    { name: 'a name at an allowed address', allow: pair, address: at('private.example') },
    { name: 'an allowed name', allow: named, address: at('private.example') },
    { name: 'a name below an allowed one', allow: named, address: at(`${host}.nip.example`) },
    { name: 'the address of an allowed name', allow: named, address: at(host) },
    {
      name: 'a name that is not allowed, at the same address',
      allow: named,
      address: at('private-last.example'),
    },
    { name: 'the host of a key', address: at('control.example'), extras: { domains: ['control.example'] } },
    {
      name: 'a host below that of a key',
      address: at('control.example'),
      extras: { domains: ['*.example'] },
    },
    {
      name: 'another host than that of a key',
      address: at(control),
      extras: { domains: ['control.example'] },
    },
    { name: 'a key of no host', address: at('control.example'), extras: { domains: [] } },
    { name: 'an inner host of a key', address: at(host), extras: { domains: [host] } },
  ];
  const metadata = {
    name: 'an allowed name at the metadata address',
    allow: named,
    address: at('metadata.example'),
  };
  return isOwn ? [...cases, metadata] : cases;
}

function proxyCases({ inner, control, site }: LabNetwork): Case[] {
  const through = (server: string): object => ({ proxy: { server } });
  const { private: host = '' } = inner;
  const open = through(`http://${site}:${ports.openProxy}`);
  const schemes = ['http', 'https', 'socks5'];
  return [
    ...schemes.flatMap((scheme) =>
      Object.entries(inner).map(([target, address]) => ({
        name: `a proxy inside: ${scheme} at ${target}`,
        address: at(control),
        options: through(`${scheme}://${address}:${ports.proxy}`),
      })),
    ),
    ...schemes.map((scheme) => ({
      name: `an allowed proxy inside: ${scheme}`,
      allow: `${host}:${ports.proxy}`,
      address: at(control),
      options: through(`${scheme}://${host}:${ports.proxy}`),
    })),
    { name: 'an open proxy', address: at(control), options: open },
    ...Object.entries(inner).flatMap(([target, address]) => [
      { name: `${target} by an open proxy`, address: at(address), options: open },
      { name: `${target} by its name and an open proxy`, address: at(`${target}.example`), options: open },
      {
        name: `${target} by a redirect and an open proxy`,
        address: redirect(site, at(address)),
        options: open,
      },
    ]),
  ];
}

function redirect(site: string, to: string): string {
  return `http://${site}:${ports.http}/to/302?${encodeURIComponent(to)}`;
}
