import { isUrl } from '@runnel/contracts';
import { AllowedHosts } from '@runnel/egress';
import {
  datagramWays,
  pageWays,
  runEgressLab,
  secureWays,
  silentWays,
  stepWays,
  type LabReport,
  type SideReport,
} from '@runnel/testing';

/**
 * Every way out of the product against every way to write an inner address. Ways that the product does not have:
 * webhooks, and files that are uploaded by their address.
 */
describe('what is inside, asked for by robots and by pages of a hostile site', () => {
  let report: LabReport;
  let open: SideReport;
  let guarded: SideReport;
  const targets = (): string[] =>
    report.isOwnNetwork ? ['loopback', 'metadata', 'private'] : ['loopback', 'private'];
  /** Ways that reach something wherever they may. */
  const loudWays = (): string[] => [
    'navigation (browser)',
    'navigation (http)',
    'sitemap',
    ...stepWays.flatMap(({ name, engines }) => engines.map((engine) => `${name} (${engine})`)),
    ...Object.keys({ ...pageWays, ...secureWays }).filter(
      (way) => !silentWays.has(way) && !datagramWays.has(way),
    ),
  ];

  beforeAll(async () => {
    const began = performance.now();
    report = await runEgressLab();
    ({ open, guarded } = report);
    const seconds = Math.round((performance.now() - began) / 1_000);
    const where = report.isOwnNetwork
      ? 'in a network of its own'
      : 'ON LOOPBACK ONLY, WITHOUT NAMES AND METADATA: this system gives no network of one’s own (unshare, ip)';
    const ways = `${loudWays().length + silentWays.size + datagramWays.size} ways`;
    process.stdout.write(
      `The egress matrix ran ${where}: ${report.forms.length} forms, ${ways}; ${open.innerHits} hits without the ` +
        `guard, ${guarded.innerHits} with it; ${seconds} s: ` +
        `${JSON.stringify({ open: open.ms, guarded: { ...guarded.ms, ...report.ms } })}\n`,
    );
  }, 600_000);

  test('each target is written in at least 40 ways', () => {
    for (const target of targets()) {
      expect(report.forms.filter((form) => form.target === target).length).toBeGreaterThanOrEqual(40);
    }
  });

  test('nothing is reached', () => {
    const reached = Object.entries(guarded.ways).filter(([, { inner }]) => Object.keys(inner).length > 0);
    expect(reached).toEqual([]);
    expect(guarded.innerHits).toBe(0);
  });

  test('no name is resolved past the guard', () => {
    expect(guarded.resolved).toEqual([]);
  });

  test('every way is open to public addresses', () => {
    expect(loudWays().filter((way) => (guarded.ways[way]?.control ?? 0) === 0)).toEqual([]);
  });

  test('a robot is told the host and the setting', () => {
    const refused = guarded.outcomes.filter(({ code }) => code === 'EGRESS_REFUSED');
    for (const { message, url } of refused) {
      expect(message).toMatch(/^Could not open .*; RUNNEL_ALLOW_HOSTS (can|does) not name it$/);
      const host = new URL(url).hostname;
      const isRedirect = /^\/to\//.test(new URL(url).pathname);
      if (!isRedirect) expect(message).toContain(host);
    }
  });

  test('a robot that is sent to an inner address fails as refused, or its address is none', () => {
    const wrong = guarded.outcomes.filter(({ code, form, url }) => {
      // Its first answer is public, and is kept for a few seconds.
      if (form === 'control' || (form.endsWith('that changes') && code === null)) return false;
      return code !== (isUrl(url) ? 'EGRESS_REFUSED' : 'URL_INVALID');
    });
    expect(wrong).toEqual([]);
    expect(guarded.outcomes.filter(({ form }) => form === 'control').map(({ code }) => code)).toEqual([
      null,
      null,
    ]);
  });

  test('without the guard every way reaches every target', () => {
    const missed = loudWays().flatMap((way) =>
      targets()
        .filter((target) => (open.ways[way]?.inner[target] ?? 0) === 0)
        .map((target) => `${way}: ${target}`),
    );
    expect(missed).toEqual([]);
    if (report.isOwnNetwork)
      expect(Object.keys(open.ways['WebRTC: STUN']?.inner ?? {}).sort()).toEqual(targets());
  });

  test('without the guard every form that leads anywhere reaches it', () => {
    const missed = report.forms.filter(({ id, isReachable }) => isReachable && !open.reached.includes(id));
    expect(missed).toEqual([]);
    expect(report.forms.filter(({ isReachable }) => isReachable).length).toBeGreaterThan(80);
  });

  test('what is no page of the web is never opened, whatever asks for it', () => {
    expect(report.schemes.filter(({ code }) => code !== 'URL_INVALID')).toEqual([]);
  });

  const engines = ['browser', 'http'];

  test.each(engines)('RUNNEL_ALLOW_HOSTS lets in what it names, and nothing else (%s)', (engine) => {
    const named = [
      'an allowed host and port',
      'a name at an allowed address',
      'an allowed name',
      'a name below an allowed one',
    ];
    for (const name of named) {
      expect(report.cases[`${engine}: ${name}`]).toMatchObject({ code: null });
      expect(report.cases[`${engine}: ${name}`]?.innerHits).toBeGreaterThan(0);
    }
    const others = [
      'another port of an allowed host',
      'another host than the allowed',
      'the address of an allowed name',
      'a name that is not allowed, at the same address',
      ...(report.isOwnNetwork ? ['an allowed name at the metadata address'] : []),
    ];
    for (const name of others) {
      expect(report.cases[`${engine}: ${name}`]).toMatchObject({ code: 'EGRESS_REFUSED', innerHits: 0 });
    }
  });

  test.each([
    '169.254.169.254',
    '169.254.169.254:80',
    '169.254.0.0/16',
    '0.0.0.0/0',
    '::/0',
    '[fe80::1]',
    'fd00:ec2::254',
    '100.100.100.200',
    '168.63.129.16',
    '2852039166',
    '[::ffff:169.254.169.254]',
  ])('RUNNEL_ALLOW_HOSTS cannot name %s', (entry) => {
    expect(() => AllowedHosts.parse(`10.0.0.5, ${entry}`)).toThrow(entry);
  });

  test.each(engines)('a key bound to domains visits them and nothing else (%s)', (engine) => {
    for (const name of ['the host of a key', 'a host below that of a key']) {
      expect(report.cases[`${engine}: ${name}`]).toMatchObject({ code: null, controlHits: 1 });
    }
    for (const name of ['another host than that of a key', 'a key of no host', 'an inner host of a key']) {
      const found = report.cases[`${engine}: ${name}`];
      expect(found).toMatchObject({ code: 'EGRESS_REFUSED', innerHits: 0, controlHits: 0 });
    }
  });

  test.each(engines)('a proxy inside is not connected to, unless it is allowed (%s)', (engine) => {
    const inside = casesOf(`${engine}: a proxy inside`);
    expect(inside).toHaveLength(3 * targets().length);
    for (const found of inside) {
      expect(found).toMatchObject({ code: 'EGRESS_REFUSED', innerHits: 0, controlHits: 0 });
    }
    const allowed = casesOf(`${engine}: an allowed proxy inside`);
    expect(allowed.map(({ innerHits }) => innerHits > 0)).toEqual([true, true, true]);
  });

  test.each(engines)('a proxy outside is not asked for what is inside (%s)', (engine) => {
    expect(report.cases[`${engine}: an open proxy`]).toMatchObject({ code: null, controlHits: 1 });
    const inside = Object.entries(report.cases).filter(
      ([name]) => name.startsWith(`${engine}: `) && name.endsWith('and an open proxy'),
    );
    expect(inside).toHaveLength(2 * targets().length);
    for (const [, found] of inside) expect(found).toMatchObject({ code: 'EGRESS_REFUSED', innerHits: 0 });
  });

  const casesOf = (start: string): LabReport['cases'][string][] =>
    Object.entries(report.cases)
      .filter(([name]) => name.startsWith(`${start}:`))
      .map(([, found]) => found);
});
