const pairs: Record<string, string> = { '(': ')', '[': ']' };

/** `text` at every `separator` that stands in no quotes and no brackets, each part trimmed. */
export function splitOutside(text: string, separator: string): string[] {
  const parts: string[] = [];
  const open: string[] = [];
  let start = 0;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index] ?? '';
    if (character === '\\') index += 1;
    else if (open.at(-1) === character) open.pop();
    else if (isQuote(open.at(-1))) continue;
    else if (isQuote(character)) open.push(character);
    else if (pairs[character] !== undefined) open.push(pairs[character]);
    else if (open.length === 0 && text.startsWith(separator, index)) {
      parts.push(text.slice(start, index).trim());
      start = index + separator.length;
      index = start - 1;
    }
  }
  return [...parts, text.slice(start).trim()];
}

function isQuote(character: string | undefined): boolean {
  return character === '"' || character === "'";
}
