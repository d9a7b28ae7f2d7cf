import { crawl } from './crawl';
import { enqueueLinks } from './enqueue-links';
import { fill, selectOption, type } from './form';
import { goBack, goForward, goto } from './goto';
import { keyboardPress, press } from './keyboard';
import { scrapeList, scrapeListAuto } from './list';
import { check, click, dblclick, hover, uncheck } from './pointer';
import { flag, screenshot } from './screenshot';
import { scroll } from './scroll';
import { scrape, scrapeSchema } from './texts';
import type { Translator } from './translator';
import { waitForLoadState, waitForSelector, waitForTimeout } from './waiting';

/** Every action of Maxun that is known here, by its name. */
export const actions: Record<string, Translator> = {
  goto,
  goBack,
  goForward,
  click,
  dblclick,
  hover,
  check,
  uncheck,
  type,
  fill,
  selectOption,
  press,
  'keyboard.press': keyboardPress,
  waitForLoadState,
  waitForSelector,
  waitForTimeout,
  scroll,
  screenshot,
  scrape,
  scrapeSchema,
  scrapeList,
  scrapeListAuto,
  crawl,
  enqueueLinks,
  flag,
};

/** Why some that Maxun has are not. */
export const refusals: Record<string, string> = {
  script: '"script" is not allowed: a robot is data, and runs no code on the server',
  search:
    '"search" is not allowed: a robot begins with a page; open the results by "goto", read them by "scrapeList"',
};
