import type { Socket } from 'node:net';
import type { Proxy } from '@runnel/contracts';
import { addressOf, neverKind, refusedKind } from './address-rule';
import { AllowedHosts } from './allowed-hosts';
import { dial } from './dial';
import { OwnGate, type Gate, type GateOptions } from './gate';
import { canonicalHost, isNamed, isPort, targetOf, withoutDot, type Target } from './host';
import { connectFailure, notOpened } from './reason';
import { LookupTimeout, Resolver, type FoundAddress, type Lookup } from './resolve';
import { tryProxy } from './try-proxy';
import { Upstream } from './upstream';

export interface EgressOptions {
  allow?: AllowedHosts;
  lookup?: Lookup;
  /** Certificates that `https` proxies may have, beside those that Node trusts. */
  ca?: string;
}

/** Decides about every connection out of the product: to public addresses, and to those inside that are allowed. */
export class Egress {
  readonly #allow: AllowedHosts;
  readonly #resolver: Resolver;
  readonly ca: string | null;

  constructor({ allow = AllowedHosts.none, lookup, ca }: EgressOptions = {}) {
    this.ca = ca ?? null;
    this.#allow = allow;
    this.#resolver = new Resolver(lookup);
  }

  /** A connection to an address that was checked. @throws FailureError, or the signal's reason */
  async connect(target: Target, signal?: AbortSignal): Promise<Socket> {
    const addresses = await this.check(target, signal);
    try {
      return await dial({ addresses, port: target.port }, signal);
    } catch (error) {
      signal?.throwIfAborted();
      throw connectFailure(target, error);
    }
  }

  /**
   * Every address of a host, none of them refused: one that is not public refuses the host, whatever the others are.
   * @throws FailureError, or the signal's reason
   */
  async check(target: Target, signal?: AbortSignal): Promise<FoundAddress[]> {
    const { port } = target;
    const host = canonicalHost(target.host);
    if (host === null || !isPort(port)) {
      throw notOpened(target, 'EGRESS_REFUSED', { reason: 'it is not a valid host and port' });
    }
    signal?.throwIfAborted();
    const found = await this.#addressesOf({ host, port });
    signal?.throwIfAborted();
    return found.map((text) => this.#admitted(text, { host, port }));
  }

  /** A forward proxy for browsers, on a port of this machine. Who opens it closes it. */
  openGate({ upstream = null, domains = null }: GateOptions = {}): Promise<Gate> {
    return OwnGate.open(this, { upstream: upstream && new Upstream(this, upstream), domains });
  }

  /** Opens `target` through a proxy, in 5 s. @throws FailureError PROXY_FAILED or EGRESS_REFUSED */
  testProxy(proxy: Proxy, target: Target): Promise<void> {
    return tryProxy(this, proxy, target);
  }

  /** Whether a key that is bound to `domains` lets its runs visit `url`; null: it is bound to none. @throws FailureError EGRESS_REFUSED */
  checkDomains(url: URL, domains: readonly string[] | null): void {
    if (domains === null) return;
    const target = targetOf(url);
    const host = withoutDot(target.host);
    if (domains.some((domain) => isNamed(withoutDot(domain.toLowerCase()), host))) return;
    const named = domains.length === 0 ? 'no host' : `${domains.join(', ')} only`;
    const reason = `the API key of this run is for ${named}`;
    throw notOpened(target, 'EGRESS_REFUSED', { reason });
  }

  #admitted(text: string, target: Target): FoundAddress {
    const address = addressOf(text);
    const kind = address ? refusedKind(address) : 'which is no address';
    const isAllowed = address !== null && this.#allow.allows({ ...target, address });
    if (address && (kind === null || isAllowed)) {
      return { address: address.toString(), family: address.kind() === 'ipv4' ? 4 : 6 };
    }
    const isNever = address !== null && neverKind(address) !== null;
    const setting = `RUNNEL_ALLOW_HOSTS ${isNever ? 'can' : 'does'} not name it`;
    const reason = `it is at ${text}, ${kind}; ${setting}`;
    throw notOpened(target, 'EGRESS_REFUSED', { reason });
  }

  async #addressesOf(target: Target): Promise<string[]> {
    const literal = addressOf(target.host);
    if (literal) return [literal.toString()];
    const reason = 'its host name does not resolve';
    const found = await this.#resolver.resolve(target.host).catch((error: unknown) => {
      const late = error instanceof LookupTimeout ? 'its name had no answer in time' : null;
      throw notOpened(target, 'NAVIGATION_DNS', { reason: late ?? reason, cause: error });
    });
    if (found.length === 0) throw notOpened(target, 'NAVIGATION_DNS', { reason });
    return found.map(({ address }) => address);
  }
}
