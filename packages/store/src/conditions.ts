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

  /** One that is asked for if its value is not null. */
  given(value: unknown, text: (place: string) => string): this {
    return value === null ? this : this.always(text(this.place(value)));
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
