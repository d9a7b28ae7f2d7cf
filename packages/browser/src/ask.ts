import { randomUUID } from 'node:crypto';
import { failure, FailureError, type Question } from '@runnel/contracts';
import type { Frame, JSHandle } from 'puppeteer';
import { keepLongAnswer, partOfAnswer, type Given } from './in-page/kept-answer';
import { liveDom, type FoundByBrowser } from './in-page/live-dom';
import { liveSelect } from './in-page/live-select';

/** Characters of JSON that cross at once: on its way Chromium has more than thirty times as much in memory. */
const partLength = 1024 ** 2;
const maxMiB = 64;

/** Where the page's scripts cannot change what built-ins do. Puppeteer has it, and does not say so in its types. */
interface Realm {
  evaluate<T>(source: string): Promise<T>;
  evaluate<A extends unknown[], T>(
    pageFunction: (...values: A) => T,
    ...values: unknown[]
  ): Promise<Awaited<T>>;
  adoptHandle<T extends JSHandle>(handle: T): Promise<T>;
}

export function isolatedRealm(frame: Frame): Realm {
  return (frame as unknown as { isolatedRealm(): Realm }).isolatedRealm();
}

/**
 * What the frame's document answers. The question crosses as source text, its argument and answer as JSON.
 * @throws FailureError PAGE_TOO_LARGE
 */
export async function askFrame<Argument, Answer>(
  frame: Frame,
  question: Question<Argument, Answer>,
  argument: Argument,
): Promise<Answer> {
  const json = JSON.stringify(argument);
  await bringFound(frame, [...new Set(json.match(/(?<=")aria\/(?:[^"\\]|\\.)*(?=")/g) ?? [])]);
  const name = randomUUID();
  const asked = `(${question.toString()})((${liveDom.toString()})(${liveSelect.toString()}), JSON.parse(${JSON.stringify(json)}))`;
  const source = `(async () => (${keepLongAnswer.toString()})(await ${asked}, '${name}', ${partLength}))()`;
  const given = await isolatedRealm(frame).evaluate<Given<Answer>>(source);
  return given.length === null
    ? given.answer
    : (JSON.parse(await keptAnswer(frame, name, given.length)) as Answer);
}

async function keptAnswer(frame: Frame, name: string, length: number): Promise<string> {
  if (length > maxMiB * 1024 ** 2) {
    const message = `What is asked of ${frame.url()} is longer than ${maxMiB} MiB`;
    throw new FailureError(failure('PAGE_TOO_LARGE', message, { url: frame.url() }));
  }
  let json = '';
  while (json.length < length) {
    const part = await isolatedRealm(frame).evaluate(partOfAnswer, name, json.length, partLength);
    // As Puppeteer says when a document went away: it is asked again.
    if (part === '') throw new Error('Execution context was destroyed');
    json += part;
  }
  return json;
}

/** Accessible names are known to the browser, not to its pages: what they select is put where the question finds it. */
async function bringFound(frame: Frame, quoted: string[]): Promise<void> {
  for (const each of quoted) {
    const selector = JSON.parse(`"${each}"`) as string;
    const handles = await frame.$$(selector);
    const realm = isolatedRealm(frame);
    const adopted = await Promise.all(handles.map((handle) => realm.adoptHandle(handle)));
    await realm.evaluate(
      (name: string, ...elements: Element[]) => {
        const world = globalThis as FoundByBrowser;
        world.runnelFound = { ...world.runnelFound, [name]: elements };
      },
      selector,
      ...adopted,
    );
    await Promise.all([...handles, ...adopted].map((handle) => handle.dispose()));
  }
}
