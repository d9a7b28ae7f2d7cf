const identifier = /^(--|-?[a-z_\u0080-\uffff])[\w\u0080-\uffff-]*$/i;
const ordinary = /[^\w\s\-.#:*>+~,()|"\u0080-\uffff]/;

/**
 * What a browser refuses in the spelling of a selector, and the parser takes: values without quotes that are no words,
 * names that begin with a digit, characters that mean nothing.
 */
export function cssTextFault(selector: string): string | null {
  const bare = selector.replace(/\\(?:[\da-f]{1,6}\s?|.)/gi, 'x').replace(/"[^"]*"|'[^']*'/g, '""');
  const fault = attributeFault(bare) ?? nameFault(withoutAttributes(bare));
  return fault === null ? null : `is not a CSS selector: ${fault}`;
}

function attributeFault(bare: string): string | null {
  if (/=\s*\]/.test(bare)) return 'an attribute has no value; write "" for none';
  const values = [...bare.matchAll(/\[[^[\]=]*=\s*([^\]\s"]+)/g)].map((match) => match[1] ?? '');
  const unquoted = values.find((value) => !identifier.test(value));
  return unquoted === undefined ? null : `put ${unquoted} in quotes`;
}

/** A bracket that is never closed stays. */
function withoutAttributes(bare: string): string {
  return bare.replace(/\[[^\]]*\]?/g, (part) => (part.endsWith(']') ? '' : part));
}

function nameFault(bare: string): string | null {
  const odd = ordinary.exec(bare)?.[0];
  if (odd !== undefined) return `${JSON.stringify(odd)} must be escaped`;
  const name = /[#.]-?\d[\w-]*/.exec(bare)?.[0];
  if (name === undefined) return null;
  return `${name} begins with a digit; write [${name.startsWith('#') ? 'id' : 'class~'}="${name.slice(1)}"]`;
}
