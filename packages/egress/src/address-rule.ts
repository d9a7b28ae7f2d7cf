import ipaddr from 'ipaddr.js';
import { canonicalHost, isAddress } from './host';

/** An address as connections are made to it: the IPv6 form that holds an IPv4 address is that address. */
export type Address = ipaddr.IPv4 | ipaddr.IPv6;
export type Network = [Address, number];

/** What `ipaddr.js` calls a range, in words; what is not here is a reserved address. */
const kinds: Record<string, string | undefined> = {
  private: 'a private address',
  uniqueLocal: 'a private address',
  carrierGradeNat: 'a private address',
  loopback: 'a loopback address',
  unspecified: 'a loopback address',
  linkLocal: 'a link-local address',
  multicast: 'a multicast address',
  broadcast: 'a broadcast address',
};

/** Behind DNS64 all of IPv4 is found here (RFC 6052): `64:ff9b::808:808` leads to 8.8.8.8. */
const translated = ipaddr.parseCIDR('64:ff9b::/96');

/** All that is given out to anybody in IPv6; ipaddr.js calls more than that "unicast". */
const globalIPv6 = network('2000::/3');

/** Where clouds keep their machines' credentials, and link-local; also as IPv6 holds such IPv4 addresses. */
const neverReached: [Network, string][] = [
  [network('169.254.0.0/16'), 'a link-local address'],
  [network('fe80::/10'), 'a link-local address'],
  [network('168.63.129.16/32'), 'a metadata address'],
  [network('100.100.100.200/32'), 'a metadata address'],
  [network('fd00:ec2::254/128'), 'a metadata address'],
  [network('fd20:ce::254/128'), 'a metadata address'],
  ...['::a9fe:0/112', '::ffff:0:a9fe:0/112', '2002:a9fe::/32'].map((held): [Network, string] => [
    network(held),
    'a link-local address',
  ]),
];

/** Where a connection to it ends. */
function endOf(address: Address): Address {
  if (address.kind() !== 'ipv6' || !address.match(...translated)) return address;
  return new ipaddr.IPv4(address.toByteArray().slice(-4));
}

/** Null when the text is none. Browsers' form comes first: ipaddr.js takes `::8.8.8.8` for another address. */
export function addressOf(text: string): Address | null {
  const canonical = isAddress(text) ? canonicalHost(text) : null;
  return canonical === null ? null : ipaddr.process(canonical);
}

export function network(text: string): Network {
  const [address, bits] = ipaddr.parseCIDR(text);
  const end = bits < translated[1] ? address : endOf(address);
  return [end, end === address ? bits : bits - translated[1]];
}

export function holds([base, bits]: Network, found: Address): boolean {
  const address = endOf(found);
  return base.kind() === address.kind() && address.match(base, bits);
}

/** What kind of address it is, in words; null for one of the public internet. */
export function refusedKind(found: Address): string | null {
  const address = endOf(found);
  const never = neverKind(address);
  if (never !== null) return never;
  const isGlobal = address.kind() === 'ipv4' || holds(globalIPv6, address);
  const range = address.range();
  return isGlobal && range === 'unicast' ? null : (kinds[range] ?? 'a reserved address');
}

/** What kind it is when no setting opens the way to it. */
export function neverKind(address: Address): string | null {
  return neverReached.find(([never]) => holds(never, address))?.[1] ?? null;
}

/** The same of a network that has such addresses in it. */
export function neverKindIn([base, bits]: Network): string | null {
  const found = neverReached.find(
    ([[never, neverBits]]) => never.kind() === base.kind() && never.match(base, Math.min(bits, neverBits)),
  );
  return found?.[1] ?? null;
}
