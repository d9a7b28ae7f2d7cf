import { HttpSessions, type BrowserPool } from '@runnel/browser';
import { FailureError, type Definition, type Engine, type Failure, type Inputs } from '@runnel/contracts';
import { parseHtml } from '@runnel/extraction';
import { runDefinition } from '@runnel/interpreter';
import { aDefinition } from './builders';
import { CollectedOutput } from './collected-output';
import { testEgress } from './test-egress';
import { startTestPool } from './test-session';

/** What a robot gave, and how it ended. */
export interface RobotOutcome extends Pick<CollectedOutput, 'lists' | 'warnings' | 'artifacts'> {
  failure: Failure | null;
}

/** Runs robots on real pages, by either engine, without a ledger. */
export class RobotRunner {
  private constructor(
    private readonly browser: BrowserPool,
    private readonly http = new HttpSessions({ parseHtml, egress: testEgress() }),
  ) {}

  static async start(): Promise<RobotRunner> {
    return new RobotRunner(await startTestPool());
  }

  /** Runs steps; `parts` are the rest of their definition. */
  run(
    steps: object[],
    { parts = {}, ...how }: { engine?: Engine; parts?: object; inputs?: Inputs } = {},
  ): Promise<RobotOutcome> {
    return this.runDefinition(aDefinition({ steps, ...parts }), how);
  }

  async runDefinition(
    definition: Definition,
    { engine = 'browser', inputs = {} }: { engine?: Engine; inputs?: Inputs } = {},
  ): Promise<RobotOutcome> {
    const { signal } = new AbortController();
    const session = await this[engine].open(definition.options, signal);
    const output = new CollectedOutput();
    const { lists, warnings, artifacts } = output;
    try {
      await runDefinition(definition, inputs, { session, output, signal });
      return { lists, warnings, artifacts, failure: null };
    } catch (error) {
      if (error instanceof FailureError) return { lists, warnings, artifacts, failure: error.failure };
      throw error;
    } finally {
      await session.close();
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.browser.close(), this.http.close()]);
  }
}
