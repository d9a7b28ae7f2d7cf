import type { Question } from '@runnel/contracts';
import type { Frame, JSHandle } from 'puppeteer';
import { liveDom, type FoundByBrowser } from './in-page/live-dom';
import { liveSelect } from './in-page/live-select';

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

/** What the frame's document answers. The question crosses as source text, its argument and answer as JSON. */
export async function askFrame<Argument, Answer>(
  frame: Frame,
  question: Question<Argument, Answer>,
  argument: Argument,
): Promise<Answer> {
  const json = JSON.stringify(argument);
  await bringFound(frame, [...new Set(json.match(/(?<=")aria\/(?:[^"\\]|\\.)*(?=")/g) ?? [])]);
  const source = `(${question.toString()})((${liveDom.toString()})(${liveSelect.toString()}), JSON.parse(${JSON.stringify(json)}))`;
  return isolatedRealm(frame).evaluate<Answer>(source);
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
