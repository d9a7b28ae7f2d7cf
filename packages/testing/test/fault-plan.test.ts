import { planFaults, type PlannedFault } from '../src/chaos/fault-plan';
import { readChaosWords, WrongWords } from '../src/chaos/chaos-words';

function first(count: number, seed: number, backend: 'postgres' | 'redis'): PlannedFault[] {
  const faults: PlannedFault[] = [];
  for (const fault of planFaults(seed, backend)) {
    faults.push(fault);
    if (faults.length === count) break;
  }
  return faults;
}

const kindsOf = (faults: PlannedFault[]) => [...new Set(faults.map(({ kind }) => kind))].sort();

describe('the plan of the faults', () => {
  test('is the same for the same seed, and another for another', () => {
    expect(first(100, 7, 'redis')).toEqual(first(100, 7, 'redis'));
    expect(first(100, 7, 'redis')).not.toEqual(first(100, 8, 'redis'));
  });

  test('has every kind in each round, and on Postgres none that needs Redis', () => {
    const onRedis = kindsOf(first(33, 7, 'redis'));
    expect(onRedis).toHaveLength(18);
    const onPostgres = kindsOf(first(30, 7, 'postgres'));
    expect(onPostgres).toEqual(onRedis.filter((kind) => !kind.startsWith('Redis')));
  });

  test('names a statement for each fault at a statement, of the queue that there is', () => {
    const places = first(300, 7, 'redis').filter(({ kind }) => kind.endsWith('at a statement'));
    expect(places.length).toBeGreaterThan(80);
    expect(places.every(({ place }) => place !== null)).toBe(true);
    expect(new Set(places.map(({ place }) => place?.on))).toEqual(new Set(['postgres', 'redis']));
    const others = first(300, 7, 'postgres').map(({ place }) => place?.on ?? 'postgres');
    expect(new Set(others)).toEqual(new Set(['postgres']));
  });
});

describe('the words of `npm run chaos`', () => {
  test('have defaults', () => {
    expect(readChaosWords(['--seed', '5'])).toEqual({ runs: 200, seed: 5, queues: ['postgres', 'redis'] });
    expect(readChaosWords([]).seed).toBeGreaterThanOrEqual(0);
  });

  test.each([
    [['--runs', 'many'], '--runs is a whole number from 1 to 100000, not "many"'],
    [['--runs', '0'], '--runs is a whole number from 1 to 100000, not "0"'],
    [['--seed', '-1'], /seed/],
    [['--queue', 'kafka'], '--queue is redis, postgres or both, not "kafka"'],
    [['--fast'], /Unknown option '--fast'; allowed: --runs N, --seed S, --queue redis\|postgres\|both/],
    [['much'], /allowed: --runs N/],
  ])('%j are refused by one sentence', (words, sentence) => {
    expect(() => readChaosWords(words)).toThrow(WrongWords);
    expect(() => readChaosWords(words)).toThrow(sentence);
  });
});
