import { closedObject, type Fault } from '@runnel/contracts';
import { z } from 'zod';
import { HttpProblem } from '../../../http-problem';
import { name } from '../query';
import { readFormats } from '../formats';

const model = z.string().nullish();

export const crawlBody = closedObject({
  url: z.url({ protocol: /^https?$/, error: 'must be an absolute http or https address' }),
  name: name.nullish().meta({ description: 'Without one, it is called after the host' }),
  crawlConfig: z.record(z.string(), z.unknown()).meta({
    description:
      '`{ mode, limit, maxDepth, includePaths, excludePaths, useSitemap, followLinks, respectRobots }`',
    example: { mode: 'domain', limit: 20 },
  }),
  formats: z.array(z.string()).nullish().meta({
    description: 'What to read of each page; pages are read in every format but pictures',
  }),
  llmProvider: model,
  llmModel: model,
  llmApiKey: model,
  llmBaseUrl: model,
});

/** A crawl as a robot of Maxun: opened first, crawled then, and so written last. */
export function crawlDocument({ url, crawlConfig, ...sent }: z.infer<typeof crawlBody>) {
  const robotName = sent.name ?? `Crawl of ${new URL(url).host}`;
  const open = [
    { action: 'goto', args: [url] },
    { action: 'waitForLoadState', args: ['networkidle'] },
  ];
  const workflow = [
    { where: { url }, what: [{ action: 'crawl', args: [crawlConfig], name: 'Crawl Results' }] },
    { where: { url: 'about:blank' }, what: open },
  ];
  return { meta: { name: robotName, robotType: 'crawl', url }, workflow };
}

/** @throws HttpProblem when pages cannot be read so. */
export function refuseFormats(formats: readonly string[]): void {
  const picture = readFormats(formats, 'formats').find((format) => format.startsWith('screenshot'));
  if (picture === undefined) return;
  throw new HttpProblem('NOT_IMPLEMENTED', `A crawl makes no ${picture}; a robot of one page does`);
}

/** Where faults of that robot are in what was sent. */
export function asSentCrawl(faults: readonly Fault[]): Fault[] {
  return faults.map((fault) => ({ ...fault, path: sentPath(fault.path) }));
}

const config = 'workflow[0].what[0].args[0]';

function sentPath(path: string): string {
  if (path.startsWith(config)) return `crawlConfig${path.slice(config.length)}`;
  if (path === 'meta.name') return 'name';
  return /^(?:meta\.url|workflow\[0\]\.where|workflow\[1\])/.test(path) ? 'url' : 'crawlConfig';
}
