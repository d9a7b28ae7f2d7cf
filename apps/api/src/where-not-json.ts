const token =
  /[{}[\],:]|"(?:[ !#-[\]-\u{10ffff}]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"|true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/uy;
const blank = /[ \t\n\r]*/y;

/** What a value may begin with. */
const values = '{["-0123456789tfn';

/** Where a text stops being JSON, its length where it ends too early: V8 tells that only by quoting the text. */
export function whereNotJson(text: string): number {
  const open: string[] = [];
  let wanted = values;
  for (let at = afterBlank(text, 0); ;) {
    token.lastIndex = at;
    const [found = ''] = token.exec(text) ?? [];
    const first = found.charAt(0);
    if (first === '' || !wanted.includes(first)) return at;
    wanted = wantedAfter(first, wanted, open);
    at = afterBlank(text, at + found.length);
  }
}

/** What the token may begin with that comes after one which began with `first`, where `wanted` could. */
function wantedAfter(first: string, wanted: string, open: string[]): string {
  if (first === '{' || first === '[') open.push(first);
  if (first === '}' || first === ']') open.pop();
  const isInObject = open.at(-1) === '{';
  const next: Record<string, string> = {
    '{': '"}',
    '[': `${values}]`,
    ':': values,
    ',': isInObject ? '"' : values,
    // Only keys are texts where no value can be.
    ...(!wanted.startsWith(values) && { '"': ':' }),
  };
  if (next[first] !== undefined) return next[first];
  if (open.length === 0) return '';
  return isInObject ? ',}' : ',]';
}

function afterBlank(text: string, at: number): number {
  blank.lastIndex = at;
  return at + (blank.exec(text)?.[0].length ?? 0);
}
