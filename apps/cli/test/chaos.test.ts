import { chaosReport, describeOnBothBackends, isKept, runChaos, sharedServices } from '@runnel/testing';

/** Starts, faults, and the time in which a queue gives up a dead worker's job. */
const timeoutMs = 300_000;

/** A short and seeded part of `npm run chaos`; the seed may be any. */
describeOnBothBackends('a fleet that faults befall', (backend) => {
  test(
    'keeps what clients were promised: nothing lost, nothing doubled, nothing left over',
    async () => {
      const outcome = await runChaos({
        queue: backend,
        redisCommand: sharedServices().redisCommand,
        runs: 70,
        faults: 18,
        outstanding: 30,
        seed: 20,
        say: () => undefined,
      });
      const report = chaosReport(outcome);
      process.stdout.write(`${report.slice(-3).join('\n')}\n`);
      if (!isKept(outcome)) throw new Error(report.join('\n'));
      expect(outcome.load.promised.length).toBeGreaterThanOrEqual(70);
      expect(outcome.injected.records.length).toBeGreaterThanOrEqual(18);
    },
    timeoutMs,
  );
});
