import { chaosReport, describeOnBothBackends, isKept, runChaos, sharedServices } from '@runnel/testing';

/** Starts, faults, and the time in which a queue gives up a dead worker's job. */
const timeoutMs = 300_000;

/** A short part of `npm run chaos`. Any seed will do; this one's faults try the fence more often than most. */
const seed = 1628;

describeOnBothBackends('a fleet that faults befall', (backend) => {
  test(
    'keeps what clients were promised: nothing lost, nothing doubled, nothing left over',
    async () => {
      const outcome = await runChaos({
        queue: backend,
        redisCommand: sharedServices().redisCommand,
        runs: 90,
        faults: 20,
        outstanding: 40,
        seed,
        say: () => undefined,
      });
      const report = chaosReport(outcome);
      process.stdout.write(`${report.slice(-3).join('\n')}\n`);
      if (!isKept(outcome)) throw new Error(report.join('\n'));
      expect(outcome.load.promised.length).toBeGreaterThanOrEqual(90);
      expect(outcome.injected.records.length).toBeGreaterThanOrEqual(20);
    },
    timeoutMs,
  );
});
