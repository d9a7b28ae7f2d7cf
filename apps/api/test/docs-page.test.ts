import { launchForTest } from '@runnel/testing';
import { startTestApi, type TestApi } from './test-api';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});

afterAll(async () => {
  await api.close();
});

test('the page of the documents is shown in a browser whole, and breaks nothing of its own policy', async () => {
  const { browser, close } = await launchForTest();
  const page = await browser.newPage();
  const wrong: string[] = [];
  const asked = new Set<string>();
  page.on('console', (message) => {
    if (message.type() === 'error') wrong.push(message.text());
  });
  page.on('pageerror', (error) => wrong.push(String(error)));
  page.on('requestfailed', (request) => wrong.push(request.url()));
  page.on('request', (request) => asked.add(new URL(request.url()).origin));
  await page.goto(`${api.url}/docs`);
  await page.waitForSelector('.opblock-summary', { timeout: 30_000 });
  await page.click('.opblock-summary-control');
  await page.waitForSelector('.opblock-body', { timeout: 10_000 });
  const text = await page.$eval('#docs', (element) => element.innerHTML);
  await close();
  expect(text).toContain('/api/robots');
  expect(wrong).toEqual([]);
  expect([...asked].filter((origin) => origin !== 'null')).toEqual([api.url]);
});
