import { setTimeout as sleep } from 'node:timers/promises';
import { inTime } from './in-time';
import { ports } from './lab-network';
import type { WayReport } from './lab-report';
import { inSession, opensAddress, runRobot } from './lab-robot';
import type { Engines, LabWorld } from './lab-world';
import { datagramWays, pageWays, secureWays, silentWays } from './page-ways';
import { wayReports } from './way-reports';

/** How long nothing more has to come: of what is refused nothing tells. */
const quietMs = 500;

/** Pages that use every way themselves: open until each way has reached what it must. */
export async function runPages(world: LabWorld, { browser, isGuarded }: Engines): Promise<void> {
  const { network } = world;
  const open = (address: string, ways: object): Promise<unknown> =>
    inSession(browser, {}, async (session) => {
      await runRobot(session, { steps: opensAddress, address });
      const expected = expectedOf(world, { ways: Object.keys(ways), isGuarded });
      await inTime(() => isReached(wayReports(world), expected));
      await settled(world);
    });
  await open(`http://${network.site}:${ports.http}/ways`, pageWays);
  await open(`http://localhost:${ports.secure}/secure`, secureWays);
}

/** What each way must reach: the control, which it asks for last, or what is inside where nobody is in its way. */
type Expected = Record<string, ((report: WayReport) => boolean)[]>;

function expectedOf(
  { network }: LabWorld,
  { ways, isGuarded }: { ways: string[]; isGuarded: boolean },
): Expected {
  const targets = Object.keys(network.inner).map(
    (target) => (report: WayReport) => report.inner[target] !== undefined,
  );
  const control = ({ control: hits }: WayReport): boolean => hits > 0;
  const isMute = (way: string): boolean =>
    silentWays.has(way) || (datagramWays.has(way) && (isGuarded || !network.isOwn));
  // All datagrams are alike.
  const name = (way: string): string => (datagramWays.has(way) ? 'WebRTC: STUN' : way);
  const awaited = ways.filter((way) => !isMute(way)).map(name);
  return Object.fromEntries(awaited.map((way) => [way, isGuarded ? [control] : targets]));
}

function isReached(reports: Record<string, WayReport>, expected: Expected): boolean {
  return Object.entries(expected).every(([way, checks]) =>
    checks.every((check) => check(reports[way] ?? { control: 0, inner: {} })),
  );
}

async function settled({ canaries }: LabWorld): Promise<void> {
  const count = (): number => canaries.control().length + canaries.inner().length;
  for (let seen = -1; seen !== count(); await sleep(quietMs)) seen = count();
}
