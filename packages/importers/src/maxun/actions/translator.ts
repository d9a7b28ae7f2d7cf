import { parseWithFaults } from '@runnel/contracts';
import type { z } from 'zod';
import { at, join } from '../../path';
import type { Journey, MadeStep } from '../journey';

/** An action of the sender's workflow. */
export interface SentAction {
  /** `recording.workflow[1].what[0]` */
  path: string;
  type: string;
  name: string | null;
  args: unknown[];
  /** False when the one argument was sent without a list around it. */
  isList: boolean;
}

/** The steps that an action is; its faults join those of the journey. */
export type Translator = (action: SentAction, journey: Journey) => MadeStep[];

/** A tuple: one schema an argument. */
type Arguments<Args> = z.ZodType<Args> & { def: { items: readonly unknown[] } };

/** A translator whose arguments are read by `schema` first. */
export function translator<Args>(
  schema: Arguments<Args>,
  make: (args: Args, action: SentAction, journey: Journey) => MadeStep[],
): Translator {
  const most = schema.def.items.length;
  return (action, journey) => {
    const { args } = action;
    // A missing argument is told at its own place.
    const padded = Array.from({ length: most }, (_, index) => args[index]);
    const { value, faults } = parseWithFaults<Args>(schema, padded);
    const surplus = args.slice(most).map((found, index) => ({
      path: argumentPath(action, `[${most + index}]`),
      message: `is more than the ${most} arguments that "${action.type}" takes`,
      found,
    }));
    const placed = faults.map((fault) => ({ ...fault, path: argumentPath(action, fault.path) }));
    journey.faults.push(...placed, ...surplus);
    return value === null || surplus.length > 0 ? [] : make(value, action, journey);
  };
}

/** Where an argument, or a part of it, stands. */
export function argument(action: SentAction, index: number, ...keys: (string | number)[]): string {
  return argumentPath(action, at(`[${index}]`, ...keys));
}

function argumentPath({ path, isList }: SentAction, rest: string): string {
  return join(at(path, 'args'), isList ? rest : rest.replace(/^\[0\]\.?/, ''));
}

/** A step that an action makes, and where its parts come from. */
export function made(action: SentAction, step: MadeStep['step'], places: MadeStep['places'] = {}): MadeStep {
  return { step, places: { '': action.path, ...places } };
}

/** Refuses an action, or an argument of it, with a sentence. */
export function refuse(journey: Journey, path: string, told: { message: string; found?: unknown }): [] {
  journey.faults.push({ path, ...told });
  return [];
}
