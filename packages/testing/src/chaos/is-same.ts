/** Whether two things are the same as JSON: what came by HTTP or from Postgres need not be of this realm's classes. */
export function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
