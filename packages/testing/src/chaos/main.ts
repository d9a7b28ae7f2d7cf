import { findRedis } from '../private-redis';
import { chaosReport, isKept } from './chaos-report';
import { readChaosWords, WrongWords } from './chaos-words';
import { runChaos } from './run-chaos';

const outstanding = 60;
/** So that 2000 runs have more than 300 faults. */
const faultsOfRun = 0.16;
const leastFaults = 24;

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function main(words: string[]): Promise<number> {
  const { runs, seed, queues } = readChaosWords(words);
  const redis = queues.includes('redis') ? findRedis() : { command: null };
  if ('missing' in redis) throw new Error(redis.missing);
  const faults = Math.max(leastFaults, Math.ceil(runs * faultsOfRun));
  let isGood = true;
  for (const queue of queues) {
    say(`chaos: ${runs} runs, at least ${faults} faults, queue on ${queue}, seed ${seed}`);
    const outcome = await runChaos({
      queue,
      redisCommand: redis.command,
      runs,
      faults,
      outstanding,
      seed,
      say,
    });
    for (const line of chaosReport(outcome)) say(line);
    isGood &&= isKept(outcome);
  }
  return isGood ? 0 : 1;
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    const isCalledWrongly = error instanceof WrongWords;
    process.stderr.write(`${isCalledWrongly ? error.message : String(error)}\n`);
    process.exit(isCalledWrongly ? 2 : 1);
  },
);
