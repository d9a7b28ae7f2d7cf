import { aStartable } from './full-space';
import { nounAt, written, type Ids, type Place } from './nouns';

interface Usual {
  in: Place['in'];
  name: string;
  on?: RegExp;
  values: unknown[];
}

const nothing = `sch_${'0'.repeat(25)}`;
const address = 'http://127.0.0.1:9/elsewhere';

/** What is taken somewhere, where the schema tells less than that. */
const usual: Usual[] = [
  { in: 'header', name: 'Org-Handle', values: ['runnel'] },
  { in: 'header', name: 'Prefer', values: ['wait=0', 'respond-async'] },
  // Every full space has one of this name.
  { in: 'path', name: 'name', on: /\/secrets\//, values: ['secret'] },
  { in: 'query', name: 'wait', values: ['0'] },
  { in: 'query', name: 'name', on: /files$/, values: ['a.csv', 'b.csv'] },
  { in: 'query', name: 'status', on: /robots\/\{id\}\/runs/, values: ['success', 'failed,running'] },
  { in: 'query', name: 'status', on: /platform/, values: ['completed', 'pending,running'] },
  { in: 'query', name: 'status', on: /^\/v1\/schedules\/runs$/, values: ['completed', 'queued,skipped'] },
  { in: 'query', name: 'status', on: /^\/v1/, values: ['success', 'pending,failed'] },
  { in: 'query', name: 'scheduleId', values: [nothing] },
  { in: 'query', name: 'ids', values: [nothing, `${nothing},${nothing}`] },
  { in: 'query', name: 'limit', values: ['1', '7'] },
  { in: 'query', name: 'page_size', values: ['1', '7'] },
  { in: 'query', name: 'page', values: ['1', '2'] },
  { in: 'query', name: 'version', values: ['1'] },
  { in: 'query', name: 'list', values: ['page', 'nothing'] },
  { in: 'body', name: 'version', values: [1] },
  { in: 'body', name: 'inputs', values: [{}, { word: 'a' }, [{ name: 'word', value: 'a' }]] },
  { in: 'body', name: 'params', values: [{ word: 'a' }] },
  { in: 'body', name: 'originUrl', values: [address] },
  { in: 'body', name: 'targetUrl', values: [address] },
  { in: 'body', name: 'url', values: [address] },
  { in: 'body', name: 'formats', values: [[], ['markdown']] },
  { in: 'body', name: 'documents', values: [[{ id: 1, word: 'a' }], [{ name: 'b' }, {}]] },
  { in: 'body', name: 'crawlConfig', values: [{ mode: 'domain', limit: 2 }] },
  { in: 'body', name: 'promptInstructions', values: ['', null] },
  { in: 'body', name: 'cron', values: ['0 9 * * *', '*/5 * * * *', '15 30 2 * * 1-5'] },
  { in: 'body', name: 'timezone', values: ['UTC', 'Europe/Berlin', 'Australia/Lord_Howe'] },
  { in: 'body', name: 'webhook', values: [null] },
];

/** Values that are taken at a place of a request; null where its schema tells them. */
export function goodValues(place: Place, ids: Ids): unknown[] | null {
  const noun = nounAt(place);
  if (noun === null) return usual.find((each) => fits(each, place))?.values ?? null;
  const id = written(place.document, noun, ids);
  return [/Ids$|_ids$/.test(place.name) ? [id] : id];
}

/** A list that can be asked for without this, but a request that is refused without it. */
export function isAlwaysSent(place: Place): boolean {
  return nounAt(place) !== null || /^(?:Org-Handle|documents)$/.test(place.name);
}

function fits({ in: where, name, on }: Usual, place: Place): boolean {
  return where === place.in && name === place.name && (on?.test(place.path) ?? true);
}

/** Bodies that no schema tells of, by operation. */
export function goodBodies(operationId: string, ids: Ids): unknown[] | null {
  const page = {
    where: { url: address },
    what: [{ action: 'scrapeSchema', args: [{ a: { selector: 'h1' } }] }],
  };
  const open = { where: { url: 'about:blank' }, what: [{ action: 'goto', args: [address] }] };
  const scraping = { name: 'A page', robotType: 'scrape', url: address, formats: ['markdown'] };
  const [flowId, recordId] = [written('runtype', 'robot', ids), written('runtype', 'record', ids)];
  const records = { recordIds: [recordId], fileIds: [written('runtype', 'file', ids)] };
  const recurring = { type: 'recurring', cron: '0 9 * * 1-5', timezone: 'Europe/Berlin' };
  const hourly = { runEvery: 1, runEveryUnit: 'HOURS', startFrom: 'MONDAY', atTimeEnd: '23:59' };
  const once = { type: 'one_time', runAt: '2099-12-31T23:00:00Z' };
  const bodies: Record<string, unknown[]> = {
    createKey: [
      { name: 'Of one robot', scopes: ['runs:*'], robotId: written('maxun', 'robot', ids), dailyTasks: 5 },
      {
        name: 'For a site',
        scopes: ['runs:write', 'robots:read'],
        domains: ['example.com', '*.example.com'],
      },
      { name: 'For all', scopes: ['admin'], expiresInDays: 30 },
    ],
    createRobot: [{ name: 'One', definition: aStartable('one') }, aStartable('two')],
    setSecret: [{ value: 'hunter2' }],
    replaceRobot: [{ definition: aStartable('three') }, aStartable('four')],
    sdkCreateRobot: [{ meta: scraping }, { meta: { name: 'Steps' }, workflow: [page, open] }],
    sdkUpdateRobot: [{ meta: { name: 'Another' } }, { workflow: [page, open] }, { schedule: hourly }],
    setRobotSchedule: [hourly, { cronExpression: '0 9 * * 1-5', timezone: 'Europe/Berlin' }],
    sdkCrawl: [{ url: address, crawlConfig: { mode: 'domain', limit: 2 } }],
    createSchedule: [
      { target: { flowId, ...records }, trigger: recurring },
      { target: { type: 'flow', id: flowId }, trigger: once, enabled: false, overlapPolicy: 'allow' },
    ],
    updateSchedule: [
      { target: { ...records, recordFilter: { flowId } } },
      { target: { flowId }, trigger: once, name: 'Once' },
      { trigger: recurring, inputs: { word: 'b' }, enabled: false },
    ],
    previewSchedule: [{ trigger: recurring }, { trigger: once, count: 3 }],
    backfillSchedule: [{ from: '2025-01-01T00:00:00Z', until: '2025-01-01T06:00:00Z' }],
  };
  return bodies[operationId] ?? null;
}
