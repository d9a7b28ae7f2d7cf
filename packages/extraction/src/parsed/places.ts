import type { Element } from 'domhandler';
import { isTag } from 'domhandler';

/** The place of an element among its siblings, from 1. */
export interface Place {
  child: number;
  lastChild: number;
  ofType: number;
  lastOfType: number;
}

/** Places of elements in a tree that does not change, counted once for each parent. */
export function countPlaces(): (element: Element) => Place {
  const places = new Map<Element, Place>();

  function countChildren(elements: Element[]): void {
    const types = new Map<string, Element[]>();
    elements.forEach((element) => {
      const type = `${element.namespace ?? ''} ${element.name}`;
      const same = types.get(type) ?? [];
      types.set(type, same);
      same.push(element);
    });
    for (const same of types.values()) {
      same.forEach((element, index) => {
        places.set(element, { child: 0, lastChild: 0, ofType: index + 1, lastOfType: same.length - index });
      });
    }
    elements.forEach((element, index) => {
      const place = places.get(element);
      if (place) Object.assign(place, { child: index + 1, lastChild: elements.length - index });
    });
  }

  return (element) => {
    if (!places.has(element)) countChildren(element.parent?.children.filter(isTag) ?? [element]);
    return places.get(element) ?? { child: 1, lastChild: 1, ofType: 1, lastOfType: 1 };
  };
}

/** Whether a place is one of `an+b`, `even`, `odd`. Null when `formula` is none of these. */
export function parseNth(formula: string): ((place: number) => boolean) | null {
  const text = formula.trim().toLowerCase().replace('even', '2n').replace('odd', '2n+1');
  const match = /^(?:([+-]?\d*)n(?:\s*([+-])\s*(\d+))?|([+-]?\d+))$/.exec(text);
  if (!match) return null;
  const [, step, sign = '+', offset = '0', only] = match;
  if (only !== undefined) return (place) => place === Number(only);
  const a = /\d/.test(step ?? '') ? Number(step) : Number(`${step ?? ''}1`);
  const b = Number(sign + offset);
  return (place) => (a === 0 ? place === b : (place - b) % a === 0 && (place - b) / a >= 0);
}
