import type { LabNetwork } from './lab-network';

export interface LabAnswer {
  address: string;
  family: 4 | 6;
}

/** The names of the lab's internet, for whoever resolves one. */
export class LabNames {
  readonly #answers = new Map<string, string[]>();
  /** How often a name was asked for that changes its answer. */
  readonly #asked = new Map<string, number>();

  constructor(private readonly network: LabNetwork) {
    const { site, control, inner } = network;
    this.#answers.set('site.example', [site]);
    this.#answers.set('control.example', [control]);
    for (const [target, address] of Object.entries(inner)) {
      this.#answers.set(`${target}.example`, [address]);
      this.#answers.set(`${target}-mapped.example`, [`::ffff:${address}`]);
      this.#answers.set(`${target}-nat64.example`, [`64:ff9b::${address}`]);
      this.#answers.set(`${target}-last.example`, [site, address]);
      this.#answers.set(`${target}-first.example`, [address, site]);
    }
  }

  /** @throws Error like Node's when there is no such name */
  readonly lookup = (host: string): Promise<LabAnswer[]> => {
    const addresses = this.#addresses(host.toLowerCase().replace(/\.$/, ''));
    if (addresses.length === 0) {
      return Promise.reject(Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: 'ENOTFOUND' }));
    }
    return Promise.resolve(
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }) as const),
    );
  };

  #addresses(name: string): string[] {
    if (name === 'localhost' || name.endsWith('.localhost')) return ['127.0.0.1'];
    // Services like nip.io: the name says the address.
    const [, said] = /(?:^|\.)(\d+[.-]\d+[.-]\d+[.-]\d+)\.nip\.example$/.exec(name) ?? [];
    if (said !== undefined) return [said.replaceAll('-', '.')];
    const [, target] = /^rebind-(\w+?)(?:-\d+)?\.example$/.exec(name) ?? [];
    if (target !== undefined) return this.#rebound(name, this.network.inner[target] ?? '127.0.0.1');
    return this.#answers.get(name) ?? [];
  }

  /** The site's address when it is first asked for, the inner one ever after. */
  #rebound(name: string, inner: string): string[] {
    const asked = this.#asked.get(name) ?? 0;
    this.#asked.set(name, asked + 1);
    return [asked === 0 ? this.network.site : inner];
  }
}
