const sentences = {
  disallowed: 'robots.txt does not allow',
  unknown: 'robots.txt could not be read, which forbids',
  'no page': 'there is no page, but a download or nothing, at',
};
const named = 3;

/** Addresses that were passed over, told once and not one by one. */
export class LeftOut {
  readonly #reasons = new Map<keyof typeof sentences, { count: number; first: string[] }>();

  add(reason: keyof typeof sentences, address: string): void {
    const known = this.#reasons.get(reason) ?? { count: 0, first: [] };
    known.count += 1;
    if (known.first.length < named) known.first.push(address);
    this.#reasons.set(reason, known);
  }

  warnings(): string[] {
    return [...this.#reasons].map(([reason, { count, first }]) => {
      const more = count > named ? ` and ${count - named} more` : '';
      return `left out: ${sentences[reason]} ${first.join(', ')}${more}`;
    });
  }
}
