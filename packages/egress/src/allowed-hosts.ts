import {
  addressOf,
  holds,
  network,
  neverKind,
  neverKindIn,
  type Address,
  type Network,
} from './address-rule';
import { canonicalHost, isNamed, isPort, withoutDot } from './host';

/** One entry: a name, or a network (an address is the smallest one). */
interface Entry {
  /** Null: any. */
  port: number | null;
  name: string | null;
  network: Network | null;
}

/** What an answer of a lookup is asked for. */
export interface Answer {
  host: string;
  port: number;
  address: Address;
}

/** The hosts and networks inside that may be reached: `RUNNEL_ALLOW_HOSTS`. */
export class AllowedHosts {
  static readonly none = new AllowedHosts([]);

  private constructor(private readonly entries: readonly Entry[]) {}

  /** @throws Error that names the entry that is wrong */
  static parse(text: string): AllowedHosts {
    const entries = text.split(',').map((entry) => entry.trim());
    return new AllowedHosts(entries.filter((entry) => entry !== '').map(parseEntry));
  }

  /** A name may be at an address inside, but never at a link-local or metadata one. */
  allows({ host, port, address }: Answer): boolean {
    if (neverKind(address) !== null) return false;
    return this.entries.some(
      (entry) =>
        (entry.port === null || entry.port === port) &&
        ((entry.name !== null && isNamed(entry.name, withoutDot(host))) ||
          (entry.network !== null && holds(entry.network, address))),
    );
  }
}

function parseEntry(entry: string): Entry {
  const { host, port } = splitPort(entry);
  if (port !== null && !isPort(port)) throw new Error(`${JSON.stringify(entry)} has no valid port`);
  const found = networkOf(host);
  if (found === null) return { port, name: nameOf(host, entry), network: null };
  const never = neverKindIn(found);
  if (never !== null) throw new Error(`${JSON.stringify(entry)} covers ${never}, which is never allowed`);
  return { port, name: null, network: found };
}

/** An IPv6 address with a port stands in brackets. */
function splitPort(entry: string): { host: string; port: number | null } {
  const bracketed = /^\[([^\]]*)\](\/\d+)?(?::(\d+))?$/.exec(entry);
  const plain = /^([^:]*):(\d+)$/.exec(entry);
  const port = bracketed?.[3] ?? plain?.[2];
  const host = bracketed ? `${bracketed[1] ?? ''}${bracketed[2] ?? ''}` : (plain?.[1] ?? entry);
  return { host, port: port === undefined ? null : Number(port) };
}

function networkOf(host: string): Network | null {
  if (host.includes('/')) {
    try {
      return network(host);
    } catch {
      return null;
    }
  }
  const address = addressOf(canonicalHost(host) ?? '');
  return address && network(`${address.toString()}/${address.kind() === 'ipv4' ? 32 : 128}`);
}

function nameOf(host: string, entry: string): string {
  const star = host.startsWith('*.') ? '*.' : '';
  const name = canonicalHost(host.slice(star.length));
  if (name === null || name.includes('*') || !/^[\w.-]+$/.test(name) || addressOf(name)) {
    throw new Error(`${JSON.stringify(entry)} is no host, *.host, address or network`);
  }
  return `${star}${withoutDot(name)}`;
}
