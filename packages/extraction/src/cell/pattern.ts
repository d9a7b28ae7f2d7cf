import { RE2JS } from 're2js';

const compiled = new WeakMap<object, RE2JS>();

/** The first group of the rule's pattern in `text` (the whole match if it has no group), or null. */
export function applyPattern(rule: { pattern: string }, text: string): string | null {
  const expression = compiled.get(rule) ?? RE2JS.compile(rule.pattern);
  compiled.set(rule, expression);
  const matcher = expression.matcher(text);
  if (!matcher.find()) return null;
  return matcher.group(matcher.groupCount() > 0 ? 1 : 0);
}
