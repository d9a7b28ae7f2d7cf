/** What was counted holds for so long. */
const rememberMs = 1_000;
/** Other processes let runs in as well: of the room that was counted, this one takes so much without counting again. */
const share = 1 / 8;

/** How many more tasks each space may have waiting, as far as it is known: counting them is not done for each start. */
export class KnownRoom {
  readonly #room = new Map<string, { left: number; until: number }>();

  /** True when there is room for so many more, which is then taken. */
  take(spaceId: string, count: number): boolean {
    const known = this.#room.get(spaceId);
    if (!known || known.until < performance.now() || known.left < count) return false;
    known.left -= count;
    return true;
  }

  /** What was counted just now. */
  note(spaceId: string, room: number): void {
    this.#room.set(spaceId, { left: Math.floor(room * share), until: performance.now() + rememberMs });
  }
}
