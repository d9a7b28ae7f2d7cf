import type { Guard } from './guard';

const suite = 'apps/worker/test/egress-matrix.test.ts';
const invariant = 'nothing inside';
const egress = 'packages/egress/src/egress.ts';
const addressRule = 'packages/egress/src/address-rule.ts';
const allowedHosts = 'packages/egress/src/allowed-hosts.ts';
const switches = 'packages/browser/src/gate-switches.ts';
const admits = 'if (address && (kind === null || isAllowed)) {';
const pins = 'return await dial({ addresses, port: target.port }, signal);';
const admitsAll = 'return found.map((text) => this.#admitted(text, { host, port }));';

/** What keeps robots and pages from what is inside the network of an installation. */
export const egressGuards: Guard[] = [
  {
    name: 'the check of addresses that a lookup gave',
    invariant,
    file: egress,
    find: admits,
    replace: admits.replace('isAllowed', 'isAllowed || addressOf(target.host) === null'),
    suite,
  },
  {
    name: 'the check of addresses that stand in a URL',
    invariant,
    file: egress,
    find: admits,
    replace: admits.replace('isAllowed', 'isAllowed || addressOf(target.host) !== null'),
    suite,
  },
  {
    name: 'connections to the addresses that were checked',
    invariant,
    file: egress,
    find: pins,
    replace: `const again = await (await import('node:dns/promises')).lookup(target.host, { all: true });
      return await dial({ addresses: again as never, port: target.port }, signal);`,
    suite,
  },
  {
    name: 'the refusal of a host for one of its addresses',
    invariant,
    file: egress,
    find: admitsAll,
    replace: `const good = found.flatMap((text) => {
      try {
        return [this.#admitted(text, { host, port })];
      } catch {
        return [];
      }
    });
    if (good.length > 0) return good;
    ${admitsAll}`,
    suite,
  },
  {
    name: 'the one network of IPv6 that is public',
    invariant,
    file: addressRule,
    find: "address.kind() === 'ipv4' || holds(globalIPv6, address)",
    replace: 'holds(globalIPv6, address) || address.toString() !== null',
    suite,
  },
  {
    name: 'the metadata address that no allowed name opens',
    invariant,
    file: allowedHosts,
    find: 'if (neverKind(address) !== null) return false;',
    replace: '',
    suite,
  },
  {
    name: 'the metadata address that no setting names',
    invariant,
    file: allowedHosts,
    find: 'const never = neverKindIn(found);',
    replace: 'const never = neverKindIn(found) && null;',
    suite,
  },
  {
    name: 'the hosts of a key',
    invariant,
    file: egress,
    find: 'if (domains === null) return;',
    replace: 'if (domains === null || domains.length >= 0) return;',
    suite,
  },
  {
    name: 'the check of what a proxy is asked for',
    invariant,
    file: 'packages/egress/src/gate.ts',
    find: 'if (this.route.upstream) await this.egress.check(target, this.#over.signal);',
    replace: '',
    suite,
  },
  {
    name: 'the proxy for loopback addresses',
    invariant,
    file: switches,
    find: '`--proxy-bypass-list=${everyAddress}`,',
    replace: '',
    suite,
  },
  {
    name: 'the proxy for loopback addresses of one context',
    invariant,
    file: switches,
    find: 'return { proxyServer, proxyBypassList: [everyAddress] };',
    replace: 'return { proxyServer, proxyBypassList: [] };',
    suite,
  },
  {
    name: 'WebRTC that stays inside',
    invariant,
    file: switches,
    find: `'--force-webrtc-ip-handling-policy=disable_non_proxied_udp',
    '--webrtc-ip-handling-policy=disable_non_proxied_udp',`,
    replace: '',
    suite,
  },
  {
    name: 'pages of the web only',
    invariant,
    file: 'packages/browser/src/tab.ts',
    find: 'requireWebAddress(url);',
    replace: '',
    suite,
  },
];
