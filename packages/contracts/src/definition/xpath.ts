import * as xpath from 'xpath';

/** What the library parses to: its kind is the name of its class, which its types do not tell. */
interface Expression {
  filter?: Expression;
  locationPath?: unknown;
}
const { parse } = xpath as unknown as {
  parse: (expression: string) => { expression: { expression: Expression } };
};

const xpathFunctions = new Set(
  'last position count id local-name namespace-uri name string concat starts-with contains substring-before substring-after substring string-length normalize-space translate boolean not true false lang number sum floor ceiling round comment text node processing-instruction'.split(
    ' ',
  ),
);

/** What is wrong with an XPath expression that is to find elements; null for nothing. */
export function xpathFault(expression: string): string | null {
  let parsed: Expression;
  try {
    parsed = parse(expression).expression.expression;
  } catch {
    return 'is not an XPath expression';
  }
  if (/\$[\w-]/.test(expression.replace(/"[^"]*"|'[^']*'/g, '')))
    return 'has a variable, which pages cannot fill';
  const prefixed = /(?:^|[^\w:-])([A-Za-z_][\w-]*):(?!:)[A-Za-z_*]/.exec(
    expression.replace(/"[^"]*"|'[^']*'/g, ''),
  )?.[1];
  if (prefixed !== undefined) return `has a namespace, ${prefixed}, that pages cannot declare`;
  const code = expression.replace(/"[^"]*"|'[^']*'/g, '""');
  const names = [...code.matchAll(/(?<![\w-])([\w-]+)\s*\(/g)].map((match) => match[1] ?? '');
  const unknown = names.find(
    (name) => !xpathFunctions.has(name) && !['and', 'or', 'div', 'mod'].includes(name),
  );
  if (unknown !== undefined) return `calls ${unknown}(), which XPath 1.0 does not have`;
  return findsElements(parsed, expression)
    ? null
    : 'finds no elements; what they hold is named by `attribute`';
}

function findsElements(parsed: Expression, text: string): boolean {
  if (/(\/@[\w:-]+|\/attribute::[\w:-]+|\/text\(\)|\/comment\(\))\s*$/.test(text)) return false;
  return /^\s*id\s*\(/.test(text) || isNodes(parsed);
}

function isNodes(expression: Expression): boolean {
  const { filter, locationPath } = expression;
  const kind = expression.constructor.name;
  if (kind !== 'PathExpr') return kind === 'BarOperation';
  return filter === undefined || locationPath !== undefined || isNodes(filter);
}
