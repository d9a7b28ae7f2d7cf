/** Where the hostile site and the canaries stand. All of them are addresses of the lab's own machine. */
export interface LabNetwork {
  /** True: a network of its own, in which any address can be had. False: loopback addresses of this machine. */
  isOwn: boolean;
  /** The hostile site; the guard lets it be reached. */
  site: string;
  /** Another such address: what arrives there shows that a way works. */
  control: string;
  /** What must not be reached, by what it stands for. */
  inner: Record<string, string>;
  /** What RUNNEL_ALLOW_HOSTS has to name for the site to be reached. */
  allow: string;
}

export const ports = {
  /** The site, and the canaries' HTTP and WebSocket. */
  http: 18080,
  /** The same canaries: another origin, for which connections are made anew. */
  other: 18081,
  /** Pages on localhost, which browsers take for secure. */
  secure: 18090,
  /** Who connects here was sent by `preconnect`. */
  preconnect: 18083,
  /** Who connects here took a canary for a proxy. */
  proxy: 18084,
  /** Who connects here wants TLS, and comes no further. */
  tls: 18443,
  /** STUN and TURN. */
  rtc: 13478,
  /** A proxy on the site's address, which opens whatever it is asked for. */
  openProxy: 13128,
};

export const ownNetwork: LabNetwork = {
  isOwn: true,
  site: '93.184.215.14',
  control: '93.184.215.20',
  inner: { loopback: '127.0.0.1', private: '10.0.0.5', metadata: '169.254.169.254' },
  allow: '',
};

/** For systems that give no network of one's own: there is no metadata address then, and names are not resolved. */
export const loopbackNetwork: LabNetwork = {
  isOwn: false,
  site: '127.0.0.2',
  control: '127.0.0.4',
  inner: { loopback: '127.0.0.1', private: '127.0.0.3' },
  allow: '127.0.0.2, 127.0.0.4',
};

/** Further addresses that are nobody's on the internet. */
export const special4 = [
  '127.0.0.3',
  '127.255.255.254',
  '10.255.255.254',
  '172.16.0.1',
  '172.31.255.254',
  '192.168.0.1',
  '100.64.0.1',
  '100.100.100.200',
  '168.63.129.16',
  '169.254.0.5',
  '192.0.0.8',
  '192.0.2.77',
  '198.18.0.1',
  '198.51.100.1',
  '203.0.113.1',
  '240.0.0.1',
];
export const special6 = [
  'fe80::5',
  'fc00::5',
  'fd00:ec2::254',
  'fec0::5',
  '2001:db8::5',
  '3fff::5',
  '5f00::5',
  '4000::5',
  '1::5',
];

/** An IPv4 address in the last 32 bits of an IPv6 address, as two groups. */
export function groupsOf(address: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
  return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
}

/** IPv6 addresses that stand for an IPv4 address: what a gateway or a tunnel makes of them. */
export function transitionForms(address: string): Record<string, string> {
  const groups = groupsOf(address);
  const turned = address
    .split('.')
    .map((part) => String(255 - Number(part)))
    .join('.');
  return {
    'IPv4-compatible': `::${groups}`,
    NAT64: `64:ff9b::${groups}`,
    'local NAT64': `64:ff9b:1::${groups}`,
    '6to4': `2002:${groups}::`,
    '6to4 with a host': `2002:${groups}::1`,
    Teredo: `2001:0:4136:e378:8000:63bf:${groupsOf(turned)}`,
    translated: `::ffff:0:${groups}`,
    ISATAP: `fe80::5efe:${groups}`,
  };
}

/** Shell commands that give the new network its addresses; a kernel without IPv6 has the others. */
export function networkCommands({ site, control, inner }: LabNetwork): string {
  const four = [site, control, ...Object.values(inner), ...special4].filter((each) => each !== '127.0.0.1');
  const six = [...Object.values(inner).flatMap((each) => Object.values(transitionForms(each))), ...special6];
  return [
    'ip link set lo up',
    ...four.map((address) => `(ip addr add ${address}/32 dev lo 2>/dev/null || true)`),
    ...six.map((address) => `(ip -6 addr add ${address}/128 dev lo nodad 2>/dev/null || true)`),
    // WebRTC asks nobody anything unless there is a network beside loopback.
    '(ip link add v0 type veth peer name v1 && ip addr add 192.0.2.99/24 dev v0 && ip link set v0 up ' +
      '&& ip link set v1 up && ip route add default via 192.0.2.1 || true) 2>/dev/null',
  ].join('\n');
}
