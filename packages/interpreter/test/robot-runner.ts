import { HttpSessions, type BrowserPool } from '@runnel/browser';
import { FailureError, type Engine, type Failure, type Inputs, type RowData } from '@runnel/contracts';
import { parseHtml } from '@runnel/extraction';
import { aDefinition, CollectedOutput, startTestPool } from '@runnel/testing';
import { runDefinition } from '../src';

export interface Outcome {
  lists: Record<string, RowData[]>;
  warnings: string[];
  artifacts: CollectedOutput['artifacts'];
  failure: Failure | null;
}

/** Runs robots on real pages, by either engine, and collects what they give. */
export class RobotRunner {
  private constructor(
    private readonly pool: BrowserPool,
    private readonly http = new HttpSessions({ parseHtml }),
  ) {}

  static async start(): Promise<RobotRunner> {
    return new RobotRunner(await startTestPool());
  }

  async run(
    steps: object[],
    {
      engine = 'browser',
      parts = {},
      inputs = {},
    }: { engine?: Engine; parts?: object; inputs?: Inputs } = {},
  ): Promise<Outcome> {
    const definition = aDefinition({ steps, ...parts });
    const { signal } = new AbortController();
    const source = engine === 'browser' ? this.pool : this.http;
    const session = await source.open(definition.options, signal);
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
    await Promise.all([this.pool.close(), this.http.close()]);
  }
}
