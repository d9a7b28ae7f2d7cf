/** Addresses that were passed over, told once and not one by one. */
export class LeftOut {
  readonly #reasons = new Map<string, string[]>();

  add(reason: 'disallowed' | 'no page', address: string): void {
    this.#reasons.set(reason, [...(this.#reasons.get(reason) ?? []), address]);
  }

  warnings(): string[] {
    const sentences = {
      disallowed: 'robots.txt does not allow',
      'no page': 'there is no page, but a download or nothing, at',
    };
    return Object.entries(sentences).flatMap(([reason, sentence]) => {
      const addresses = this.#reasons.get(reason) ?? [];
      const more = addresses.length > 3 ? ` and ${addresses.length - 3} more` : '';
      return addresses.length === 0
        ? []
        : [`left out: ${sentence} ${addresses.slice(0, 3).join(', ')}${more}`];
    });
  }
}
