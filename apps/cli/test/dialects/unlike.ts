/** What a field may hold beside what its example shows: nothing, another type, or another form of text. */
export type Else = 'null' | 'number' | 'string' | 'boolean' | RegExp;

/** Forms that texts have; a text is like another that has the same. */
const forms = [
  /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/,
  /^\d{1,2}\/\d{1,2}\/\d{4}, \d{1,2}:\d\d:\d\d [ap]m$/,
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/,
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
  /^R[0-9a-f]{32}$/,
  /^T[0-9a-f]{32}$/,
  /^collection_data_[A-Z0-9]{24}$/,
  /^(?:flow|rec|res)_[0-9a-z]+$/,
];

/**
 * Where an answer is not like its example: a key that is missing, another type, another form. Keys beyond it are free.
 * Of a list every item is to be like the first of the example.
 */
export function unlike(answer: unknown, example: unknown, orElse: Record<string, Else[]> = {}): string[] {
  return differences({ answer, example, at: '', allowed: [] }, orElse);
}

interface Pair {
  answer: unknown;
  example: unknown;
  at: string;
  allowed: Else[];
}

function differences(pair: Pair, orElse: Record<string, Else[]>): string[] {
  const { answer, example, at, allowed } = pair;
  if (allowed.some((other) => isOf(answer, other))) return [];
  if (kindOf(answer) !== kindOf(example) || !hasFormOf(answer, example)) {
    return [`${at} is ${JSON.stringify(answer)}, and ${JSON.stringify(example)} in the example`];
  }
  if (Array.isArray(answer)) {
    const inItems = itemsOf(answer, pair).flatMap((item) => differences(item, orElse));
    return answer.length > 0 ? inItems : [`${at} is empty`];
  }
  return isObject(example) && isObject(answer) ? inFields({ answer, example, at }, orElse) : [];
}

function inFields(
  { answer, example, at }: Record<'answer' | 'example', Record<string, unknown>> & { at: string },
  orElse: Record<string, Else[]>,
): string[] {
  return Object.entries(example).flatMap(([key, value]) => {
    const field = `${at}.${key}`;
    if (!Object.hasOwn(answer, key)) return [`${field} is missing`];
    return differences(
      { answer: answer[key], example: value, at: field, allowed: orElse[key] ?? [] },
      orElse,
    );
  });
}

function itemsOf(answer: unknown[], { example, at }: Pair): Pair[] {
  const [first]: unknown[] = Array.isArray(example) ? example : [];
  return answer.map((item, index) => ({ answer: item, example: first, at: `${at}[${index}]`, allowed: [] }));
}

function hasFormOf(answer: unknown, example: unknown): boolean {
  const form = forms.find((each) => typeof example === 'string' && each.test(example));
  return !form || (typeof answer === 'string' && form.test(answer));
}

function isOf(value: unknown, other: Else): boolean {
  if (other instanceof RegExp) return typeof value === 'string' && other.test(value);
  return other === kindOf(value);
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'number' : typeof value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return kindOf(value) === 'object';
}
