/**
 * One read for all who ask for the same at a time. Whoever asks has the outcome of a read that began later, so nobody
 * sees what was before: while one is under way, those who ask share the next.
 */
export class SharedReads<Key, Value> {
  readonly #running = new Map<string, Promise<unknown>>();
  readonly #next = new Map<string, Promise<Value>>();

  constructor(
    private readonly nameOf: (key: Key) => string,
    private readonly work: (key: Key) => Promise<Value>,
  ) {}

  read(key: Key): Promise<Value> {
    const name = this.nameOf(key);
    const shared = this.#next.get(name) ?? this.#begin(name, key);
    this.#next.set(name, shared);
    return shared;
  }

  async #begin(name: string, key: Key): Promise<Value> {
    // What others of this turn ask for goes along.
    await new Promise(setImmediate);
    await this.#running.get(name);
    this.#next.delete(name);
    const running = this.work(key);
    const ended = running.then(
      () => null,
      () => null,
    );
    this.#running.set(name, ended);
    try {
      return await running;
    } finally {
      if (this.#running.get(name) === ended) this.#running.delete(name);
    }
  }
}
