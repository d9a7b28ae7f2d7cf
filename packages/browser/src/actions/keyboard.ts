import type { KeyInput } from 'puppeteer';
import type { StepOf } from '@runnel/contracts';
import { assertedFrame, type Action, type Place } from './action';

export const keyDown: Action<'keyDown'> = (step, place) => key(step, place, 'down');
export const keyUp: Action<'keyUp'> = (step, place) => key(step, place, 'up');

async function key(
  step: StepOf<'keyDown'> | StepOf<'keyUp'>,
  place: Place,
  way: 'down' | 'up',
): Promise<void> {
  const { tab, signal } = place;
  // The definition's schema holds the list of keys.
  const name = step.key as KeyInput;
  const press = (): Promise<void> => {
    if (!isForeign(name)) return tab.page.keyboard[way](name);
    return way === 'down' ? tab.page.keyboard.sendCharacter(name) : Promise.resolve();
  };
  const work = () => tab.race(press(), signal);
  await tab.act(work, { signal, navigates: assertedFrame(step, place) });
}

/** A character that Puppeteer's keyboard, which is American, has no key for. */
function isForeign(name: string): boolean {
  return /^[^\x20-\x7e\r\n]$/su.test(name);
}
