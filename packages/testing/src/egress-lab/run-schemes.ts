import type { Outcome } from './lab-report';
import { inSession } from './lab-robot';
import type { LabWorld } from './lab-world';

const addresses = [
  'file:///etc/hostname',
  'view-source:file:///etc/hostname',
  'view-source:http://site.example/',
  'chrome://version',
  'chrome-untrusted://print',
  'devtools://devtools/bundled/inspector.html',
  'chrome-extension://abcdefghijklmnopabcdefghijklmnop/a.html',
  'filesystem:http://site.example/temporary/a',
  'blob:http://site.example/00000000-0000-0000-0000-000000000000',
  'data:text/html,<h1>here</h1>',
  'javascript:location',
  'ftp://site.example/',
  'ws://site.example/',
  'about:version',
  ' FILE:///etc/hostname',
];

/** Sends sessions themselves to what is no page of the web: nothing before them refuses it. */
export async function runSchemes(world: LabWorld): Promise<Outcome[]> {
  const engines = await world.engines(world.egress());
  const outcomes: Outcome[] = [];
  try {
    for (const engine of ['browser', 'http'] as const) {
      for (const url of addresses) {
        const end = await inSession(engines[engine], {}, (session) =>
          session.navigate(url, { signal: AbortSignal.timeout(5_000) }),
        );
        outcomes.push({ engine, form: url, url, ...end });
      }
    }
  } finally {
    await engines.close();
  }
  return outcomes;
}
