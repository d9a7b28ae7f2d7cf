import { closedObject } from '@runnel/contracts';
import { z } from 'zod';
import { crawlScope, pathPattern } from '../crawl-scope';
import { knownAddress, touched, type Journey } from '../journey';
import { argument, made, refuse, translator, type SentAction } from './translator';

const config = closedObject({
  mode: z.enum(['domain', 'subdomain', 'path']).nullish(),
  limit: z.number().nullish(),
  maxDepth: z.number().nullish(),
  includePaths: z.array(pathPattern).nullish(),
  excludePaths: z.array(pathPattern).nullish(),
  useSitemap: z.boolean().nullish(),
  followLinks: z.boolean().nullish(),
  respectRobots: z.boolean().nullish(),
});
type Config = z.output<typeof config>;

/** All that Maxun reads of a page. */
const formats = ['markdown', 'text', 'html', 'links', 'metadata'];

/** Pages from the one that is open, with their content in every format. */
export const crawl = translator(z.tuple([config]), ([sent], action, journey) => {
  const include = includeOf(sent, action, journey);
  const maxDepth = sent.followLinks === false ? 0 : sent.maxDepth;
  keepRobotsTxt(sent, action, journey);
  touched(journey, null);
  const inside = (key: keyof Config): string => argument(action, 0, key);
  const step = {
    type: 'crawl',
    name: action.name ?? 'Crawl Results',
    ...(include.length > 0 && { include }),
    ...(sent.excludePaths && { exclude: sent.excludePaths.flat() }),
    ...(typeof sent.limit === 'number' && { maxPages: sent.limit }),
    ...(typeof maxDepth === 'number' && { maxDepth }),
    ...(sent.useSitemap === true && { sitemap: true }),
    steps: [{ type: 'content', formats }],
  };
  const places = {
    name: `${action.path}.name`,
    include: inside('includePaths'),
    exclude: inside('excludePaths'),
    maxPages: inside('limit'),
    maxDepth: inside('maxDepth'),
  };
  return [made(action, step, places)];
});

function includeOf({ mode, includePaths }: Config, action: SentAction, journey: Journey): string[] {
  const paths = (includePaths ?? []).flat();
  if (mode !== 'subdomain' && mode !== 'path') return paths;
  const { globs, fault } = crawlScope(mode, knownAddress(journey), paths);
  if (fault === null) return globs;
  return refuse(journey, argument(action, 0, fault.key), { message: fault.message, found: mode });
}

/** One rule holds for the whole robot. */
function keepRobotsTxt({ respectRobots }: Config, action: SentAction, journey: Journey): void {
  if (typeof respectRobots !== 'boolean') return;
  const rule = respectRobots ? 'obey' : 'ignore';
  if (journey.robotsTxt !== null && journey.robotsTxt !== rule) {
    const message = 'is not what an earlier crawl of this robot says; a robot has one rule';
    refuse(journey, argument(action, 0, 'respectRobots'), { message, found: respectRobots });
  }
  journey.robotsTxt = rule;
}
