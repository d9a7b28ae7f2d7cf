/** `file_ids[0].x` as its steps: `['file_ids', 0, 'x']`. */
export function stepsOf(path: string): (string | number)[] {
  return [...path.matchAll(/\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]|([^.[]+)/g)].map(
    ([, index, quoted, word = '']) => {
      if (index !== undefined) return Number(index);
      return quoted === undefined ? word : String(JSON.parse(quoted));
    },
  );
}
