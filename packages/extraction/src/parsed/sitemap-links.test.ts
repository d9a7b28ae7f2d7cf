import { setTimeout as sleep } from 'node:timers/promises';
import { sitemapLinks } from './sitemap-links';

const page = (address: string) => `<url><loc>${address}</loc></url>`;

test('addresses may stand in CDATA, with their signs as they are', () => {
  const text = `<urlset>${page('<![CDATA[https://a.test/?b&amp=1]]>')}${page('https://a.test/?c&amp;d')}</urlset>`;
  expect(sitemapLinks(text)).toEqual({
    pages: ['https://a.test/?b&amp=1', 'https://a.test/?c&d'],
    sitemaps: [],
  });
});

test.each([
  ['CDATA that never ends', `<urlset>${page('https://a.test/')}${'<![CDATA['.repeat(100_000)}`],
  [
    'CDATA of which one ends',
    `<urlset>${page('<![CDATA[https://a.test/]]>')}${'<![CDATA['.repeat(100_000)}]]>`,
  ],
  ['spaces', `https://a.test/${' '.repeat(200_000)}x`],
])('much %s is no hindrance', async (_, text) => {
  const { pages } = sitemapLinks(text);
  await sleep(0);
  expect(pages).toEqual(['https://a.test/']);
});
