/** True unless it is left out or null. */
export function isGiven(value: unknown): boolean {
  return value !== null && value !== undefined;
}

/**
 * The conditions of a WHERE and their values: only those that are asked for, so that Postgres plans for these. `$1 IS
 * NULL OR …` would make one plan for all.
 */
export class Conditions {
  readonly values: unknown[] = [];
  readonly #texts: string[] = [];

  /** One that always holds. */
  always(text: string): this {
    this.#texts.push(text);
    return this;
  }

  /** One that is asked for if it has a value. */
  given(value: unknown, text: (place: string) => string): this {
    return isGiven(value) ? this.always(text(this.place(value))) : this;
  }

  /** Where the value stands in the statement: `$1`. */
  place(value: unknown): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }

  get text(): string {
    return this.#texts.join(' AND ');
  }
}
