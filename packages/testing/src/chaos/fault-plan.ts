import { crashPlaces, type CrashPlace } from './crash-places';
import { Random } from './random';

/** Every kind of fault, and how many of it come in a round. */
const round = {
  'worker killed': 3,
  'worker frozen past its lease': 2,
  'worker restarted': 1,
  'worker killed at a statement': 4,
  'worker frozen at a statement': 4,
  'API killed': 1,
  'API killed at a statement': 4,
  'scheduler killed': 1,
  'scheduler killed at a statement': 2,
  'Postgres crashed': 1,
  'connections reset': 2,
  'half-open connections': 2,
  'slow network': 1,
  'browser killed': 1,
  'renderer killed': 1,
  'Redis crashed, back empty': 1,
  'Redis emptied': 1,
  'Redis full': 1,
} as const;

export type FaultKind = keyof typeof round;

const onlyOnRedis: FaultKind[] = ['Redis crashed, back empty', 'Redis emptied', 'Redis full'];

/** A fault before it happens: all of it comes from the seed, whatever the processes do meanwhile. */
export interface PlannedFault {
  kind: FaultKind;
  /** Since the one before. */
  gapMs: number;
  /** Which of the processes that it may befall, counted round and round. */
  victim: number;
  /** How long it lasts, for those that last: 0 is short, 1 is long. */
  length: number;
  /** Of the ways to the servers, whether it is the one to the queue's, where that is another. */
  isOnQueue: boolean;
  /** For a fault at a statement. */
  place: CrashPlace | null;
  /** No other one until everything has recovered: what recovery takes by itself is measured by these. */
  isAlone: boolean;
}

/** What takes a whole worker's tasks at a moment that is known; one in so many of these is alone. */
const takesTasks: FaultKind[] = ['worker killed', 'worker frozen past its lease'];
const aloneOf = 5;

/** The faults of a seed, without end: each round has every kind. */
export function* planFaults(seed: number, backend: 'postgres' | 'redis'): Generator<PlannedFault> {
  const random = new Random(seed);
  const kinds = (Object.keys(round) as FaultKind[])
    .filter((kind) => backend === 'redis' || !onlyOnRedis.includes(kind))
    .flatMap((kind) => Array.from({ length: round[kind] }, () => kind));
  for (let number = 0; ;) {
    for (const kind of random.shuffled(kinds)) {
      const places = crashPlaces(kind, backend);
      if (takesTasks.includes(kind)) number += 1;
      yield {
        kind,
        gapMs: random.between(800, 2_000),
        victim: random.between(0, 5),
        length: random.next(),
        isOnQueue: random.chance(0.4),
        place: random.shuffled(places)[0] ?? null,
        isAlone: takesTasks.includes(kind) && number % aloneOf === 2,
      };
    }
  }
}
