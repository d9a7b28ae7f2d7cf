import type { Server } from 'node:http';
import { HttpSessions } from '@runnel/browser';
import type { SessionSource } from '@runnel/contracts';
import { AllowedHosts, Egress } from '@runnel/egress';
import { parseHtml } from '@runnel/extraction';
import { startTestPool } from '../test-session';
import { Canaries } from './canaries';
import { controlUrl, hostileSite, type HostileTargets } from './hostile-site';
import { LabNames } from './lab-names';
import type { LabNetwork } from './lab-network';
import { LabResolver } from './lab-resolver';
import { startOpenProxy } from './open-proxy';
import { urlForms } from './url-forms';

/** Both ways to read pages, with one egress or none. */
export interface Engines {
  browser: SessionSource;
  http: SessionSource;
  isGuarded: boolean;
  close(): Promise<void>;
}

interface WorldParts {
  targets: HostileTargets;
  canaries: Canaries;
  /** Null: the lab has no network of its own, and names are resolved elsewhere. */
  resolver: LabResolver | null;
  proxy: Server;
}

/** The lab's little internet: a hostile site, its names, and what it must not reach. */
export class LabWorld {
  names: LabNames;

  private constructor(
    readonly network: LabNetwork,
    private readonly parts: WorldParts,
  ) {
    this.names = new LabNames(network);
  }

  static async start(network: LabNetwork): Promise<LabWorld> {
    const targets = { forms: urlForms(network), control: controlUrl(network) };
    const canaries = await Canaries.start(network, hostileSite(targets));
    const resolver = network.isOwn ? await LabResolver.start() : null;
    return new LabWorld(network, { targets, canaries, resolver, proxy: await startOpenProxy(network) });
  }

  get targets(): HostileTargets {
    return this.parts.targets;
  }

  get canaries(): Canaries {
    return this.parts.canaries;
  }

  get resolver(): LabResolver | null {
    return this.parts.resolver;
  }

  /** Forgets all that came, and lets names that change begin anew. */
  renew(): void {
    this.names = new LabNames(this.network);
    this.resolver?.use(this.names);
    this.canaries.forget();
  }

  /** An egress as an installation has it, with the lab's names. */
  egress(allow = ''): Egress {
    const entries = [this.network.allow, allow].filter((entry) => entry !== '').join(',');
    return new Egress({ allow: AllowedHosts.parse(entries), lookup: (host) => this.names.lookup(host) });
  }

  async engines(egress: Egress | null): Promise<Engines> {
    // In a namespace of users root is the only user that there is.
    const browser = await startTestPool({ egress, mayRunAsRoot: true });
    const http = new HttpSessions({ parseHtml, egress });
    const close = async (): Promise<void> => {
      await Promise.all([browser.close(), http.close()]);
    };
    return { browser, http, isGuarded: egress !== null, close };
  }

  close(): void {
    this.canaries.close();
    this.resolver?.close();
    this.parts.proxy.close();
  }
}
