import { HttpSessions } from '@runnel/browser';
import type { SessionSource } from '@runnel/contracts';
import type { Egress } from '@runnel/egress';
import { parseHtml } from '@runnel/extraction';
import { startCanary, type Canary } from '../canary';
import { ok, problem, warning, type Finding } from '../finding';
import type { Installation } from '../installation';
import { openPage } from '../open-page';

/** Where clouds tell programs who they are, keys included. */
const metadataUrl = 'http://169.254.169.254/';

/** Opens what is inside by both engines, as a robot would. */
export async function egress({ egress: found, browser }: Installation): Promise<Finding[]> {
  if (found instanceof Error) return [problem('RUNNEL_ALLOW_HOSTS is not right', found.message)];
  const http = new HttpSessions({ parseHtml, egress: found });
  const canary = await startCanary();
  try {
    const engines: [string, SessionSource][] = [['http', http]];
    if (!(browser instanceof Error)) engines.push(['browser', browser]);
    const looked: Finding[] = [];
    for (const [name, sessions] of engines)
      looked.push(await look(name, sessions, { canary, egress: found }));
    return looked;
  } finally {
    await canary.close();
    await http.close();
  }
}

async function look(
  engine: string,
  sessions: SessionSource,
  { canary, egress: found }: { canary: Canary; egress: Egress },
): Promise<Finding> {
  const before = canary.hits();
  const code = await openPage(sessions, canary.url);
  const metadata = await openPage(sessions, metadataUrl);
  const advice = 'Stop the workers, and report it as SECURITY.md says';
  if (metadata !== 'EGRESS_REFUSED') {
    return problem(`The ${engine} engine tried to open the metadata address`, advice);
  }
  if (canary.hits() === before && code === 'EGRESS_REFUSED') {
    return ok(
      `The ${engine} engine opens nothing inside: it was refused a server on 127.0.0.1, and the metadata address`,
    );
  }
  const target = { host: '127.0.0.1', port: canary.port };
  const isAllowed = await found.check(target).then(
    () => true,
    () => false,
  );
  if (!isAllowed) return problem(`The ${engine} engine opened a server on 127.0.0.1`, advice);
  return warning(
    `RUNNEL_ALLOW_HOSTS lets robots open this machine: the ${engine} engine opened a server on 127.0.0.1`,
    'Name the hosts and ports that robots need, and no more',
  );
}
