import type { ProcessParts } from '@runnel/runtime';
import { serveShop } from '@runnel/shop';
import { startAllInOne } from './all-in-one';
import { shopRobot } from './shop-robot';

/** `npm start`: everything in one terminal until Ctrl-C. */
export async function start({ settings, lifetime }: ProcessParts): Promise<void> {
  const { url, newKey, failed } = await startAllInOne(settings, lifetime);
  const shop = lifetime.owns('shop', await serveShop(), (opened) => opened.close());
  const key = newKey ?? settings.RUNNEL_API_KEY;
  const shownKey = key ?? '$RUNNEL_API_KEY';
  process.stdout.write(`
Runnel is ready: ${url}
${newKey === null ? '' : `Your API key, shown this once: ${newKey}\n`}
A small shop to try robots on: ${shop.url}
Make a robot for it, run it and see its rows${key === null ? ' (with the key of the first start in RUNNEL_API_KEY; if it is lost, start with RUNNEL_API_KEY set to another of 16 characters or more)' : ''}:

${curlLine(url, shownKey, shop.url)}

Ctrl-C stops everything.

`);
  await failed;
}

/** One line for a shell: makes the robot, takes its id from the answer, and waits for its run. */
function curlLine(url: string, key: string, shopUrl: string): string {
  const header = `-H "x-api-key: ${key}"`;
  const robot = JSON.stringify({ name: 'Tea shop', definition: shopRobot(shopUrl) });
  const create = `curl -s ${url}/api/robots ${header} -H "content-type: application/json" -d '${robot}'`;
  const id = `sed -E 's/.*"robot":\\{"id":"([^"]+)".*/\\1/'`;
  return `curl -s -X POST "${url}/api/robots/$(${create} | ${id})/runs?wait=60" ${header}`;
}
