import { request } from 'node:http';
import { FailureError, type Proxy } from '@runnel/contracts';
import type { Egress } from './egress';
import { authorityOf, type Target } from './host';
import { Upstream, type Forward } from './upstream';

const seconds = 5;

/**
 * Opens `target` through a proxy as a robot would: by a tunnel for https and socks, else by a plain request, since
 * many proxies make tunnels to port 443 only. What the site answers is not looked at.
 * @throws FailureError PROXY_FAILED or EGRESS_REFUSED
 */
export async function tryProxy(egress: Egress, proxy: Proxy, target: Target): Promise<void> {
  const signal = AbortSignal.timeout(seconds * 1_000);
  const upstream = new Upstream(egress, proxy);
  const { forward } = upstream;
  try {
    await egress.check(target, signal);
    if (forward && target.port !== 443) upstream.requireAdmitted(await ask(forward, target, signal));
    else (await upstream.connect(target, signal)).destroy();
  } catch (error) {
    if (signal.aborted) throw upstream.failed(`it did not answer in ${seconds} s`);
    if (!(error instanceof FailureError)) throw upstream.failed('it closed the connection');
    const { code, message } = error.failure;
    if (code === 'EGRESS_REFUSED' || code === 'PROXY_FAILED') throw error;
    throw upstream.failed(message);
  }
}

/** The status of what the proxy answers. */
async function ask(forward: Forward, target: Target, signal: AbortSignal): Promise<number | undefined> {
  const socket = await forward.connect(signal);
  const authority = authorityOf(target);
  const { authorization } = forward;
  return new Promise((resolve, reject) => {
    const asking = request({
      createConnection: () => socket,
      method: 'HEAD',
      path: `http://${authority}/`,
      headers: { host: authority, ...(authorization !== null && { 'proxy-authorization': authorization }) },
      signal,
    });
    asking
      .once('response', ({ statusCode }) => {
        resolve(statusCode);
        asking.destroy();
      })
      .on('error', reject)
      .end();
  });
}
