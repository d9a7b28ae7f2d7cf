import { opensAddress } from './lab-robot';

/** A way by which a robot's own steps lead inside, from a page of the hostile site. */
export interface StepWay {
  name: string;
  /** The site's page, which is told the inner address. */
  page: string;
  steps: object[];
  engines: ('browser' | 'http')[];
  options?: object;
  /** The page goes on by itself, when the steps are over. */
  goesOn?: boolean;
}

const heading = { type: 'extract', fields: { heading: 'h1' } };
const list = {
  type: 'extractList',
  item: 'li',
  fields: { url: { selector: 'a', attribute: 'href', type: 'url' } },
};
const follow = { type: 'follow', from: 'rows', required: false, steps: [heading] };
const both: StepWay['engines'] = ['browser', 'http'];

export const stepWays: StepWay[] = [
  { name: 'location of the page', page: 'jump', steps: opensAddress, engines: ['browser'], goesOn: true },
  { name: 'meta refresh of the page', page: 'meta', steps: opensAddress, engines: both, goesOn: true },
  { name: 'Refresh header of the page', page: 'refresh', steps: opensAddress, engines: both, goesOn: true },
  {
    name: 'a click',
    page: 'links',
    steps: [...opensAddress, { type: 'click', selectors: ['a'], offsetX: 1, offsetY: 1 }],
    engines: ['browser'],
    goesOn: true,
  },
  {
    name: 'follow',
    page: 'links',
    steps: [...opensAddress, list, follow],
    engines: both,
    options: { robotsTxt: 'ignore' },
  },
  { name: 'robots.txt', page: 'links', steps: [...opensAddress, list, follow], engines: both },
];

/** Reads the sitemaps that the site's robots.txt names. */
export const crawlSteps: object[] = [
  ...opensAddress,
  { type: 'crawl', sitemap: true, maxPages: 3, steps: [heading] },
];
