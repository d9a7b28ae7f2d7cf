/** UTC to the second, and no zone, as this API writes it. */
export function momentOf(date: Date): string {
  return date.toISOString().slice(0, 19);
}
