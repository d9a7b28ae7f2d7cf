/** Maxun's words for when a robot runs. */

export const scheduleUnits = ['MINUTES', 'HOURS', 'DAYS', 'WEEKS', 'MONTHS'] as const;
export type ScheduleUnit = (typeof scheduleUnits)[number];

export const weekdays = [
  'SUNDAY',
  'MONDAY',
  'TUESDAY',
  'WEDNESDAY',
  'THURSDAY',
  'FRIDAY',
  'SATURDAY',
] as const;

/** Null: as if it were the first of its kind, Sunday, the first of the month, midnight. */
export interface ScheduleWords {
  runEvery: number;
  runEveryUnit: ScheduleUnit;
  /** Of weeks. */
  startFrom: (typeof weekdays)[number] | null;
  /** Of months. */
  dayOfMonth: number | null;
  /** When it runs; of minutes and hours, when it begins to each day. `HH:MM` */
  atTimeStart: string | null;
  /** Of minutes and hours: it does not run from then on. The minute before a whole hour means that hour. */
  atTimeEnd: string | null;
}
