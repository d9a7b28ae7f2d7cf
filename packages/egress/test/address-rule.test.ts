import fc from 'fast-check';
import { AllowedHosts, Egress } from '../src';

/** Every name is at these addresses. */
const at = (...addresses: string[]) => ({
  lookup: () =>
    Promise.resolve(
      addresses.map((address) => ({ address, family: address.includes(':') ? (6 as const) : (4 as const) })),
    ),
});
const nowhere = { lookup: () => Promise.reject(new Error('there is no such name')) };
const refused = (message: RegExp) => ({
  failure: { code: 'EGRESS_REFUSED', message: expect.stringMatching(message) as string },
});

describe('a host that is an address inside', () => {
  const egress = new Egress(nowhere);

  test.each([
    ['127.0.0.1', 'a loopback'],
    ['127.1', 'a loopback'],
    ['127.0.1', 'a loopback'],
    ['2130706433', 'a loopback'],
    ['0x7f000001', 'a loopback'],
    ['0x7f.1', 'a loopback'],
    ['0177.0.0.1', 'a loopback'],
    ['017700000001', 'a loopback'],
    ['127.0.0.1.', 'a loopback'],
    ['127.255.255.254', 'a loopback'],
    ['１２７.0.0.1', 'a loopback'],
    ['127。0。0。1', 'a loopback'],
    ['①②⑦.0.0.1', 'a loopback'],
    ['%31%32%37.0.0.1', 'a loopback'],
    ['0', 'a loopback'],
    ['0.0.0.0', 'a loopback'],
    ['::', 'a loopback'],
    ['::1', 'a loopback'],
    ['[::1]', 'a loopback'],
    ['0:0:0:0:0:0:0:1', 'a loopback'],
    ['[::ffff:127.0.0.1]', 'a loopback'],
    ['::ffff:7f00:1', 'a loopback'],
    ['::ffff:a00:5', 'a private'],
    ['10.0.0.5', 'a private'],
    ['10.5', 'a private'],
    ['0xa000005', 'a private'],
    ['167772165', 'a private'],
    ['172.16.0.1', 'a private'],
    ['172.31.255.255', 'a private'],
    ['192.168.1.1', 'a private'],
    ['100.64.0.1', 'a private'],
    ['fc00::1', 'a private'],
    ['fd12:3456::1', 'a private'],
    ['169.254.169.254', 'a link-local'],
    ['169.254.1.1', 'a link-local'],
    ['2852039166', 'a link-local'],
    ['0xA9FEA9FE', 'a link-local'],
    ['0251.0376.0251.0376', 'a link-local'],
    ['[::ffff:169.254.169.254]', 'a link-local'],
    ['::a9fe:a9fe', 'a link-local'],
    ['64:ff9b::a9fe:a9fe', 'a link-local'],
    ['2002:a9fe:a9fe::', 'a link-local'],
    ['fe80::1', 'a link-local'],
    ['febf::1', 'a link-local'],
    ['168.63.129.16', 'a metadata'],
    ['100.100.100.200', 'a metadata'],
    ['fd00:ec2::254', 'a metadata'],
    ['224.0.0.1', 'a multicast'],
    ['239.255.255.255', 'a multicast'],
    ['ff02::1', 'a multicast'],
    ['255.255.255.255', 'a broadcast'],
    ['192.0.0.1', 'a reserved'],
    ['192.0.2.77', 'a reserved'],
    ['198.18.0.1', 'a reserved'],
    ['198.51.100.1', 'a reserved'],
    ['203.0.113.9', 'a reserved'],
    ['240.0.0.1', 'a reserved'],
    ['64:ff9b::a00:5', 'a private'],
    ['64:ff9b::7f00:1', 'a loopback'],
    ['64:ff9b::6464:64c8', 'a metadata'],
    ['64:ff9b:1::1', 'a reserved'],
    ['::7f00:1', 'a reserved'],
    ['::8.8.8.8', 'a reserved'],
    ['2002:7f00:1::', 'a reserved'],
    ['2001:0:7f00:1::', 'a reserved'],
    ['2001:db8::1', 'a reserved'],
    ['3fff::1', 'a reserved'],
    ['5f00::1', 'a reserved'],
    ['fec0::1', 'a reserved'],
    ['1::1', 'a reserved'],
    ['4000::1', 'a reserved'],
    ['100::1', 'a reserved'],
  ])('%s is refused as %s address', async (host, kind) => {
    const can = /link-local|metadata/.test(kind) ? 'can' : 'does';
    const message = new RegExp(
      `^Could not open .+: it is at .+, ${kind} address; RUNNEL_ALLOW_HOSTS ${can} not name it$`,
    );
    await expect(egress.check({ host, port: 80 })).rejects.toMatchObject(refused(message));
  });

  test.each([
    'fe80::1%eth0',
    '[fe80::1%25eth0]',
    '::1%lo',
    '127.0.0.1:80',
    '[::1]:80',
    'a/b',
    'user@127.0.0.1',
    'a b',
    '127.0.0.1\n',
    'a?b',
    'a#b',
    'a\\b',
    '',
    '[',
    '[::1',
    '256.1.1.1',
    '1.2.3.4.5',
    '0x7f.0.0.0.1',
    'a%2fb',
    'a%00b',
    '[::ffff:127.0.0.1.]',
  ])('%j is no valid host', async (host) => {
    await expect(egress.check({ host, port: 80 })).rejects.toMatchObject(
      refused(/not a valid host and port$/),
    );
  });

  test.each([0, -1, 65_536, 1.5, Number.NaN])('%d is no valid port', async (port) => {
    await expect(egress.check({ host: '93.184.215.14', port })).rejects.toMatchObject(refused(/port$/));
  });
});

describe('a host that is public', () => {
  test.each([
    ['93.184.215.14', '93.184.215.14'],
    ['1572394766', '93.184.215.14'],
    ['0x5db8d70e', '93.184.215.14'],
    ['8.8.8.8.', '8.8.8.8'],
    ['172.32.0.1', '172.32.0.1'],
    ['[2606:2800:21f::1]', '2606:2800:21f::1'],
    ['2a00:1450:4001::200e', '2a00:1450:4001::200e'],
    ['::ffff:8.8.8.8', '8.8.8.8'],
    ['64:ff9b::808:808', '64:ff9b::808:808'],
  ])('%s is let through', async (host, address) => {
    const family = address.includes(':') ? 6 : 4;
    expect(await new Egress(nowhere).check({ host, port: 80 })).toEqual([{ address, family }]);
  });

  test('is asked for by its name as browsers write it', async () => {
    const asked: string[] = [];
    const lookup = (host: string) => {
      asked.push(host);
      return at('8.8.8.8').lookup();
    };
    const egress = new Egress({ lookup });
    await egress.check({ host: 'EXAMPLE.com', port: 80 });
    await egress.check({ host: 'bücher.example', port: 443 });
    expect(asked).toEqual(['example.com', 'xn--bcher-kva.example']);
  });
});

describe('a name', () => {
  test('one of whose addresses is inside is refused, wherever that one stands', async () => {
    const inside = refused(/it is at 10\.0\.0\.5, a private address/);
    for (const addresses of [
      ['8.8.8.8', '10.0.0.5'],
      ['10.0.0.5', '8.8.8.8'],
      ['2606:2800:21f::1', '::ffff:10.0.0.5'],
    ]) {
      const asking = new Egress(at(...addresses)).check({ host: 'mixed.example', port: 80 });
      await expect(asking).rejects.toMatchObject(
        addresses[1]?.startsWith('::') ? refused(/a private address/) : inside,
      );
    }
  });

  test('of this machine is inside', async () => {
    const egress = new Egress();
    for (const host of ['localhost', 'LOCALHOST', 'localhost.', 'a.b.localhost']) {
      await expect(egress.check({ host, port: 80 })).rejects.toMatchObject(
        refused(/it is at 127\.0\.0\.1, a loopback/),
      );
    }
  });

  test('whose lookup answers no address at all is refused', async () => {
    for (const address of ['', 'nonsense', '127.0.0.1 ', '1.2.3.4/8']) {
      const asking = new Egress(at(address)).check({ host: 'odd.example', port: 80 });
      await expect(asking).rejects.toMatchObject(refused(/no address/));
    }
  });

  test('that does not resolve, or to nothing, is NAVIGATION_DNS', async () => {
    const unknown = {
      failure: {
        code: 'NAVIGATION_DNS',
        message: 'Could not open no.example:8080: its host name does not resolve',
      },
    };
    for (const options of [nowhere, at()]) {
      await expect(new Egress(options).connect({ host: 'no.example', port: 8080 })).rejects.toMatchObject(
        unknown,
      );
    }
  });

  test('that has no answer in time is NAVIGATION_DNS in other words', async () => {
    const egress = new Egress({ lookup: () => new Promise(() => undefined) });
    await expect(egress.check({ host: 'slow.example', port: 80 })).rejects.toMatchObject({
      failure: {
        code: 'NAVIGATION_DNS',
        message: 'Could not open slow.example: its name had no answer in time',
      },
    });
  }, 10_000);

  test('is looked up once for all who ask at a time, and again after it failed', async () => {
    let count = 0;
    const lookup = async () => {
      count += 1;
      await new Promise((resolve) => setTimeout(resolve, 10));
      if (count === 1) throw new Error('not yet');
      return at('8.8.8.8').lookup();
    };
    const egress = new Egress({ lookup });
    const target = { host: 'one.example', port: 80 };
    const ask = () => Promise.allSettled([1, 2, 3].map(() => egress.check(target)));
    expect((await ask()).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect((await ask()).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);
    await ask();
    expect(count).toBe(2);
  });

  test('that was asked for by a run that is over is not', async () => {
    const over = AbortSignal.abort(new Error('the run was aborted'));
    const egress = new Egress(at('8.8.8.8'));
    await expect(egress.connect({ host: 'a.example', port: 80 }, over)).rejects.toThrow(
      'the run was aborted',
    );
  });
});

describe('the hosts that are allowed', () => {
  const check = (allow: string, { host = 'a.example', port = 80, address = '10.0.0.5' }) =>
    new Egress({ allow: AllowedHosts.parse(allow), ...at(address) }).check({ host, port });

  test.each([
    ['10.0.0.5', {}],
    ['10.0.0.0/8', {}],
    [' 10.1.1.1 , 10.0.0.4/31 ', {}],
    ['a.example', {}],
    ['A.Example.', {}],
    ['a.example', { host: 'a.example.' }],
    ['*.example', {}],
    ['*.example', { host: 'b.a.example' }],
    ['a.example:80', {}],
    ['10.0.0.5:80', {}],
    ['10.0.0.0/8:8080', { port: 8080 }],
    ['0xa.5', {}],
    ['[fd00::1]:80', { address: 'fd00::1' }],
    ['fd00::1', { address: 'fd00::1' }],
    ['[fd00:1::]/32:80', { address: 'fd00:1::7' }],
    ['10.0.0.5', { address: '::ffff:10.0.0.5' }],
    ['10.0.0.5', { address: '64:ff9b::a00:5' }],
    ['64:ff9b::a00:5', { address: '64:ff9b::a00:5' }],
    ['64:ff9b::a00:0/104', {}],
    ['localhost', { host: 'localhost', address: '::1' }],
    ['127.0.0.1', { host: '127.0.0.1', address: '127.0.0.1' }],
  ])('%s lets %j through', async (allow, target) => {
    expect(await check(allow, target)).toHaveLength(1);
  });

  test.each([
    ['', {}],
    ['10.0.0.6', {}],
    ['b.example', {}],
    ['*.a.example', {}],
    ['*.example', { host: 'example' }],
    ['a.example:81', {}],
    ['10.0.0.5:81', {}],
    ['a.example', { address: '169.254.169.254' }],
    ['*.example', { address: 'fe80::1' }],
    ['a.example', { address: 'fd00:ec2::254' }],
    ['a.example', { address: '168.63.129.16' }],
    ['a.example', { address: '100.100.100.200' }],
    ['a.example', { address: '::ffff:169.254.169.254' }],
    ['a.example', { address: '64:ff9b::a9fe:a9fe' }],
  ])('%s does not let %j through', async (allow, target) => {
    await expect(check(allow, target)).rejects.toMatchObject(refused(/RUNNEL_ALLOW_HOSTS/));
  });

  test.each([
    '169.254.169.254',
    '169.254.0.0/16',
    '169.0.0.0/8',
    '0.0.0.0/0',
    '::/0',
    'fe80::1',
    '[fe80::1]:80',
    'fd00::/8',
    'fd00:ec2::254',
    '168.63.129.16',
    '100.100.100.200:80',
    '100.64.0.0/10',
    '::ffff:169.254.169.254',
    '0xA9FEA9FE',
    '64:ff9b::/96',
    '64:ff9b::a9fe:a9fe',
  ])('%s is never allowed', (entry) => {
    expect(() => AllowedHosts.parse(`a.example,${entry}`)).toThrow(
      new RegExp(
        `^"${entry.replace(/[[\]./]/g, '\\$&')}" covers a (link-local|metadata) address, which is never allowed$`,
      ),
    );
  });

  test.each([
    '*',
    '*.',
    'a.*',
    '*.*.example',
    'http://a.example',
    'a.example/',
    'a b',
    '10.0.0.0/33',
    '[::1',
    '*.10.0.0.5',
  ])('%j is a fault that is named', (entry) => {
    expect(() => AllowedHosts.parse(entry)).toThrow(
      `${JSON.stringify(entry)} is no host, *.host, address or network`,
    );
  });

  test.each(['a.example:0', 'a.example:65536', '[::1]:99999'])('%j has no valid port', (entry) => {
    expect(() => AllowedHosts.parse(entry)).toThrow(`${JSON.stringify(entry)} has no valid port`);
  });
});

describe('the hosts of a key', () => {
  const egress = new Egress();
  const checks = (url: string, domains: string[] | null) => () => egress.checkDomains(new URL(url), domains);

  test.each([
    ['https://example.com/a', ['example.com']],
    ['https://example.com./a', ['example.com']],
    ['https://EXAMPLE.com:8443/', ['Example.com']],
    ['http://a.b.example.com/', ['other.example', '*.example.com']],
    ['http://anything.example/', null],
  ])('%s is one of %j', (url, domains) => {
    expect(checks(url, domains)).not.toThrow();
  });

  test('are none where none is named', () => {
    const message = 'Could not open example.com: the API key of this run is for no host';
    expect(checks('https://example.com/', [])).toThrow(message);
  });

  test.each([
    ['https://example.com.evil.example/', ['example.com']],
    ['https://evilexample.com/', ['*.example.com']],
    ['https://example.com/', ['*.example.com']],
    ['https://example.com@evil.example/', ['example.com']],
    ['http://127.0.0.1/', ['example.com', '*.example.org']],
  ])('%s is none of %j, and both are named', (url, domains) => {
    const { hostname } = new URL(url);
    const message = `Could not open ${hostname}: the API key of this run is for ${domains.join(', ')} only`;
    expect(checks(url, domains)).toThrow(message);
  });
});

test('whatever a lookup answers, nothing inside is let through', async () => {
  const insides =
    /^(0|10|127|22[4-9]|2[345]\d|169\.254|192\.168|172\.(1[6-9]|2\d|3[01])|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\./;
  const isPublic = (address: string) =>
    address.includes(':') ? /^[23][0-9a-f]{3}:/.test(address) : !insides.test(address);
  const inside = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.ipV4().map((address) => `::ffff:${address}`),
    fc
      .constantFrom(10, 127, 169, 172, 192, 100, 224, 0)
      .chain((first) =>
        fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255)).map((rest) => [first, ...rest].join('.')),
      ),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(inside, { minLength: 1, maxLength: 4 }), async (addresses) => {
      const egress = new Egress(at(...addresses));
      const found = await egress.check({ host: 'any.example', port: 80 }).catch(() => []);
      expect(found.filter(({ address }) => !isPublic(address))).toEqual([]);
    }),
    { numRuns: 2_000 },
  );
});
