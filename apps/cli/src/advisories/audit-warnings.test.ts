import { auditWarnings } from './audit-warnings';

const advisoryOf = (name: string, severity: string): object => ({
  source: 1,
  name,
  title: `${name} breaks`,
  url: `https://github.com/advisories/${name}`,
  severity,
  range: '<2.0.0',
});

test('of a report the high and critical warnings are told, once for the package that each is of', () => {
  const report = {
    auditReportVersion: 2,
    vulnerabilities: {
      ws: { name: 'ws', severity: 'high', via: [advisoryOf('ws', 'high'), advisoryOf('ws-low', 'low')] },
      puppeteer: { name: 'puppeteer', severity: 'high', via: ['ws'] },
      qs: { name: 'qs', severity: 'critical', via: [advisoryOf('qs', 'critical')] },
    },
    metadata: { vulnerabilities: { high: 2, critical: 1 } },
  };
  expect(auditWarnings(JSON.stringify(report))).toEqual([
    { package: 'ws', title: 'ws breaks', url: 'https://github.com/advisories/ws' },
    { package: 'qs', title: 'qs breaks', url: 'https://github.com/advisories/qs' },
  ]);
});

test('a report without warnings is an answer too', () => {
  expect(auditWarnings(JSON.stringify({ auditReportVersion: 2, vulnerabilities: {} }))).toEqual([]);
});

test.each([
  [
    'a registry that offers no audit',
    '{ "message": "405 Method Not Allowed - POST https://registry.npmjs.org/-/npm/v1/security/advisories/bulk", "method": "POST", "statusCode": 405, "body": "", "error": { "summary": "", "detail": "" } }',
  ],
  [
    'no network',
    '{ "message": "request to https://registry.npmjs.org failed, reason: getaddrinfo ENOTFOUND", "error": { "code": "ENOTFOUND" } }',
  ],
  ['an npm that was stopped halfway', '{ "auditReportVersion": 2, "vuln'],
  ['no npm', ''],
])('%s has not answered', (_case, out) => {
  expect(auditWarnings(out)).toBeNull();
});
