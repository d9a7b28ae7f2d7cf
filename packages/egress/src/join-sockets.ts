import type { Socket } from 'node:net';
import { finished, type Duplex } from 'node:stream';

/** A tunnel on which nothing moves for so long is forgotten; websockets say something now and then. */
const idleMs = 600_000;

/** What comes from one goes to the other, as fast as it takes it; both end when one does. */
export function joinSockets(client: Duplex, site: Socket): void {
  site.setTimeout(idleMs, () => site.destroy());
  client.pipe(site);
  site.pipe(client);
  client.on('error', () => site.destroy()).once('close', () => site.destroy());
  site.on('error', () => client.destroy());
  site.once('close', () => {
    // What the site said last is still delivered.
    finished(client, { readable: false }, () => client.destroy());
    client.end();
  });
}
