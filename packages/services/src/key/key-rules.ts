/** What a key may be made of. */
export const keyRules = {
  longestName: 200,
  mostDomains: 100,
  dailyTasks: { least: 1, most: 1_000_000_000 },
  /** For how long a key may be good that is to end at all. */
  expiresInDays: { least: 1, most: 3_650 },
  /** For how long a key is still good that another has taken the place of. */
  overlapSeconds: { least: 0, most: 604_800, usual: 86_400 },
} as const;
