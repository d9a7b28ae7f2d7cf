import { asSentCrawl, crawlDocument } from './crawl-body';

test('a crawl is a robot that opens the page and crawls from there', () => {
  const { meta, workflow } = crawlDocument({ url: 'https://shop.test/tea', crawlConfig: { limit: 5 } });
  expect(meta).toEqual({ name: 'Crawl of shop.test', robotType: 'crawl', url: 'https://shop.test/tea' });
  const [crawl, open] = workflow.map(({ what }) => what[0]);
  expect(crawl).toMatchObject({ action: 'crawl', args: [{ limit: 5 }] });
  expect(open).toMatchObject({ action: 'goto', args: ['https://shop.test/tea'] });
});

test.each([
  ['workflow[0].what[0].args[0].limit', 'crawlConfig.limit'],
  ['workflow[0].what[0].args[0].includePaths[2]', 'crawlConfig.includePaths[2]'],
  ['workflow[0].what[0].args[0]', 'crawlConfig'],
  ['workflow[0].where.url', 'url'],
  ['workflow[1].what[0].args[0]', 'url'],
  ['meta.url', 'url'],
  ['workflow', 'crawlConfig'],
  ['', 'crawlConfig'],
  ['meta.name', 'name'],
])('a fault at %s is told at %s', (path, sent) => {
  expect(asSentCrawl([{ path, message: 'is wrong' }])).toEqual([{ path: sent, message: 'is wrong' }]);
});
