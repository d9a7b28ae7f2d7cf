const identifier = /^(--|-?[a-z_\u0080-\uffff])[\w\u0080-\uffff-]*$/i;

/**
 * What a browser refuses in the spelling of a selector, and the parser takes: values without quotes that are no words,
 * and names that begin with a digit.
 */
export function cssTextFault(selector: string): string | null {
  const bare = selector.replace(/\\(?:[\da-f]{1,6}\s?|.)/gi, 'x').replace(/"[^"]*"|'[^']*'/g, '""');
  const values = [...bare.matchAll(/\[[^\]=]*=\s*([^\]\s"]+)/g)].map((match) => match[1] ?? '');
  const unquoted = values.find((value) => !identifier.test(value));
  if (/=\s*\]/.test(bare)) return 'is not a CSS selector: an attribute has no value; write "" for none';
  if (unquoted !== undefined) return `is not a CSS selector: put ${unquoted} in quotes`;
  const digit = /[#.]-?\d[\w-]*/.exec(bare.replace(/\[[^\]]*\]/g, ''))?.[0];
  if (digit === undefined) return null;
  const [sign = '', first = ''] = [digit[0], /\d/.exec(digit)?.[0]];
  const kind = sign === '#' ? 'id' : 'class~';
  return `is not a CSS selector: ${digit} begins with a digit; write [${kind}="${digit.slice(1)}"] or \\3${first} …`;
}
