import { groupsOf, ports, special4, special6, transitionForms, type LabNetwork } from './lab-network';

/** Stands in a form's address for the way that asks for it. */
export const wayMark = '-way-';

/** One way to write where an inner address is. */
export interface UrlForm {
  /** The inner target, and how it is written. */
  id: string;
  target: string;
  url: string;
  /** Every way tries it, for each target. */
  isCommon: boolean;
  /** Resolving it needs the lab's own names. */
  isName: boolean;
}

const redirectCodes = [301, 302, 303, 307, 308];
const common = new Set(['dotted', 'decimal', 'IPv4-mapped', 'a name', 'redirect 302', 'NAT64', '[::1]']);

/** The target of which a robot's own steps try its forms. */
const mostTried = 'private';

/** The addresses of a few forms of each target. */
export function fewForms(forms: UrlForm[]): string[] {
  return forms.filter(({ isCommon }) => isCommon).map(({ url }) => url);
}

/** The same, and all others of one target: what steps and sitemaps try. */
export function manyForms(forms: UrlForm[]): string[] {
  const others = forms.filter(({ isCommon, target }) => !isCommon && target === mostTried);
  return [...fewForms(forms), ...others.map(({ url }) => url)];
}

/** Every form of every inner target. */
export function urlForms(network: LabNetwork): UrlForm[] {
  const forms = Object.entries(network.inner).flatMap(([target, address]) => [
    ...hostForms(target, numberForms(address)),
    ...hostForms(target, sixForms(address)),
    ...hostForms(target, disguises(network, address)),
    ...(network.isOwn ? hostForms(target, nameForms(target, address)).map(asName) : []),
    ...redirects(network, target, address),
  ]);
  return [
    ...forms,
    ...hostForms('loopback', loopbackForms),
    ...(network.isOwn ? hostForms('other', otherForms()) : []),
  ];
}

type Hosts = Record<string, string>;

function hostForms(target: string, hosts: Hosts): UrlForm[] {
  return Object.entries(hosts).map(([name, host]) => {
    const id = `${target}: ${name}`;
    const start = /^ht\n?tps?:/i.test(host) ? host : `http://${host}`;
    const port = start.startsWith('https:') ? ports.tls : ports.http;
    const url = `${start}:${port}/hit/${wayMark}/${encodeURIComponent(id)}`;
    return { id, target, url, isCommon: common.has(name), isName: false };
  });
}

const asName = (form: UrlForm): UrlForm => ({ ...form, isName: true });

function numberForms(address: string): Hosts {
  const parts = address.split('.').map(Number);
  const [a = 0, b = 0, c = 0, d = 0] = parts;
  const whole = ((a * 256 + b) * 256 + c) * 256 + d;
  const octal = (part: number): string => `0${part.toString(8)}`;
  const hex = (part: number): string => `0x${part.toString(16)}`;
  const wide = (text: string): string =>
    text.replace(/\d/g, (digit) => String.fromCharCode(0xff10 + Number(digit)));
  return {
    dotted: address,
    decimal: String(whole),
    hex: hex(whole),
    'hex in capitals': hex(whole).toUpperCase(),
    octal: octal(whole),
    'dotted octal': parts.map(octal).join('.'),
    'padded octal': parts.map((part) => `00${octal(part)}`).join('.'),
    'dotted hex': parts.map(hex).join('.'),
    mixed: `${hex(a)}.${b}.${octal(c)}.${d}`,
    'two parts': `${a}.${(b * 256 + c) * 256 + d}`,
    'two parts in hex': `${hex(a)}.${hex((b * 256 + c) * 256 + d)}`,
    'three parts': `${a}.${b}.${c * 256 + d}`,
    'full-width digits': wide(address),
    'full-width decimal': wide(String(whole)),
    'ideographic dots': address.replaceAll('.', '。'),
    'full-width dots': address.replaceAll('.', '．'),
    'half-width dots': address.replaceAll('.', '｡'),
    'trailing dot': `${address}.`,
    'percent-encoded': address.replace(/\d/g, (digit) => `%3${digit}`),
    'percent-encoded dots': address.replaceAll('.', '%2e'),
  };
}

function sixForms(address: string): Hosts {
  const groups = groupsOf(address);
  const others = Object.entries(transitionForms(address)).map(([name, six]) => [name, `[${six}]`]);
  return {
    'IPv4-mapped': `[::ffff:${address}]`,
    'IPv4-mapped in hex': `[::ffff:${groups}]`,
    'IPv4-mapped in capitals': `[::FFFF:${groups.toUpperCase()}]`,
    'IPv4-mapped in full': `[0:0:0:0:0:ffff:${groups}]`,
    'NAT64 with dots': `[64:ff9b::${address}]`,
    ...(Object.fromEntries(others) as Hosts),
  };
}

function disguises({ site }: LabNetwork, address: string): Hosts {
  return {
    credentials: `user:pw@${address}`,
    'a host as credentials': `${site}@${address}`,
    'a host and port as credentials': `${site}:80@${address}`,
    'credentials with an encoded at': `${site}%40${site}@${address}`,
    https: `https://${address}`,
    'scheme in capitals': `HTTP://${address}`,
    'back-slashes': `http:\\\\${address}`,
    'too many slashes': `http:////${address}`,
    'a tab in the host': `http://${address.slice(0, 2)}\t${address.slice(2)}`,
    'a line break in the scheme': `ht\ntp://${address}`,
    'a soft hyphen': `${address.slice(0, 2)}\u00ad${address.slice(2)}`,
  };
}

function nameForms(target: string, address: string): Hosts {
  return {
    'a name': `${target}.example`,
    'a name in capitals': `${target.toUpperCase()}.EXAMPLE`,
    'a name with a trailing dot': `${target}.example.`,
    'a name with an encoded letter': `${target}.%65xample`,
    'a name of a mapped address': `${target}-mapped.example`,
    'a name of a NAT64 address': `${target}-nat64.example`,
    'several answers, the inner one last': `${target}-last.example`,
    'several answers, the inner one first': `${target}-first.example`,
    'a name that says it': `${address}.nip.example`,
    'a name that says it with hyphens': `www.${address.replaceAll('.', '-')}.nip.example`,
    'a name that changes': `rebind-${target}.example`,
  };
}

function redirects({ site }: LabNetwork, target: string, address: string): UrlForm[] {
  const base = `http://${site}:${ports.http}`;
  const form = (name: string, to: (inner: string) => string): UrlForm => {
    const id = `${target}: ${name}`;
    const inner = `http://${address}:${ports.http}/hit/${wayMark}/${encodeURIComponent(id)}`;
    return { id, target, url: to(inner), isCommon: common.has(name), isName: false };
  };
  const by = (code: number, to: string): string => `${base}/to/${code}?${encodeURIComponent(to)}`;
  return [
    ...redirectCodes.map((code) => form(`redirect ${code}`, (inner) => by(code, inner))),
    form('redirect after redirect', (inner) => by(302, by(307, inner))),
    form('redirect to another port', (inner) =>
      by(302, inner.replace(`:${ports.http}/`, `:${ports.other}/`)),
    ),
  ];
}

const loopbackForms: Hosts = {
  localhost: 'localhost',
  'localhost in capitals': 'LOCALHOST',
  'localhost with a dot': 'localhost.',
  'a name below localhost': 'runnel.localhost',
  'localhost with credentials': 'user:pw@localhost',
  zero: '0',
  'zero in hex': '0x0',
  '0.0.0.0': '0.0.0.0',
  '127.127.127.127': '127.127.127.127',
  '[::1]': '[::1]',
  '[::1] in full': '[0:0:0:0:0:0:0:1]',
  '[::]': '[::]',
  '[::ffff:0.0.0.0]': '[::ffff:0.0.0.0]',
  '[::1] with a zone': '[::1%25lo]',
};

function otherForms(): Hosts {
  const brackets = special6.map((address) => `[${address}]`);
  const further = ['[fe80::5%25lo]', '[ff02::1]', '224.0.0.1', '255.255.255.255'];
  return Object.fromEntries([...special4, ...brackets, ...further].map((host) => [host, host]));
}
