/** Ascending numbers below `size` as a field of a cron pattern, in its shortest form: `*`, `5-59/15`, `0-5,22-23`. */
export function cronField(numbers: readonly number[], size: number): string {
  if (numbers.length === size) return '*';
  const [first = 0, second] = numbers;
  const step = (second ?? first) - first;
  if (step > 1 && size % step === 0 && isFilled(numbers, { step, size })) {
    return first === 0 ? `*/${step}` : `${first}-${size - 1}/${step}`;
  }
  return rangesIn(numbers)
    .map(([from, to]) => (from === to ? String(from) : `${from}-${to}`))
    .join(',');
}

/** The numbers that a field names, ascending; null for a field of another form. */
export function numbersOf(field: string, size: number): number[] | null {
  const named = new Set<number>();
  for (const part of field.split(',')) {
    const match = /^(?:(\*)|(\d{1,2})(?:-(\d{1,2}))?)(?:\/(\d{1,2}))?$/.exec(part);
    if (!match) return null;
    const [, all, from = '0', to = all ? String(size - 1) : from, step = '1'] = match;
    if (Number(to) >= size || Number(step) === 0) return null;
    for (let number = Number(from); number <= Number(to); number += Number(step)) named.add(number);
  }
  return [...named].sort((a, b) => a - b);
}

/** True for numbers that are all equally far from each other, from the first one that could be to the last. */
function isFilled(numbers: readonly number[], { step, size }: { step: number; size: number }): boolean {
  const [first = 0] = numbers;
  const count = Math.ceil((size - first) / step);
  return first < step && count === numbers.length && numbers.every((each, n) => each === first + n * step);
}

function rangesIn(numbers: readonly number[]): [number, number][] {
  const ranges: [number, number][] = [];
  for (const number of numbers) {
    const last = ranges.at(-1);
    if (last?.[1] === number - 1) last[1] = number;
    else ranges.push([number, number]);
  }
  return ranges;
}
