import type { Engine, EngineChoice } from '@runnel/contracts';
import type { EntityManager } from 'typeorm';
import { engineChoiceSchema } from './entities/engine-choice';
import { columnsOf, rowsOf } from './sql';

export interface RobotVersionKey {
  robotId: string;
  version: number;
}

/** How many tasks go by between two comparisons of the engines, while they agree. */
const tasksBetweenChecks = 50;
/** The same after a comparison that came to no end. */
const tasksBeforeRetry = 5;
/** The same after a difference: doubled by each one more. */
const tasksAfterMiss = 10;
const mostDoublings = 10;
const afterMiss = `${tasksAfterMiss} * (2 ^ least(c.misses, ${mostDoublings}))::int`;

/** Which engine `auto` takes for a robot's version, and when the engines are compared again. */
export class EngineChoiceStore {
  constructor(private readonly manager: EntityManager) {}

  /** Counts one more task. `isCheckDue`: this task, and no other, is to compare the engines. */
  async take({ robotId, version }: RobotVersionKey): Promise<EngineChoice & { isCheckDue: boolean }> {
    const [choice] = await rowsOf<EngineChoice & { isCheckDue: boolean }>(
      this.manager,
      `INSERT INTO engine_choices AS c (robot_id, version, tasks, last_check, next_check) VALUES ($1, $2, 1, 1, 1 + $3)
       ON CONFLICT (robot_id, version) DO UPDATE SET tasks = c.tasks + 1,
         last_check = CASE WHEN c.tasks + 1 >= c.next_check THEN c.tasks + 1 ELSE c.last_check END,
         next_check = CASE WHEN c.tasks + 1 >= c.next_check THEN c.tasks + 1 + $3 ELSE c.next_check END
       RETURNING ${columnsOf(engineChoiceSchema, 'c')}, c.last_check = c.tasks AS "isCheckDue"`,
      [robotId, version, tasksBeforeRetry],
    );
    if (!choice) throw new Error('an upsert returned no row');
    return choice;
  }

  /** Keeps what the comparison of one task came to. False when another one began, or the version was dropped, since. */
  async compared(
    { robotId, version }: RobotVersionKey,
    { task, engine, reason, rows }: { task: number; engine: Engine; reason: string; rows: number },
  ): Promise<boolean> {
    const kept = await rowsOf(
      this.manager,
      `UPDATE engine_choices c SET engine = $4, reason = $5, rows = $6,
         misses = CASE WHEN $4 = 'http' THEN 0 ELSE c.misses + 1 END,
         next_check = c.tasks + CASE WHEN $4 = 'http' THEN ${tasksBetweenChecks} ELSE ${afterMiss} END
       WHERE c.robot_id = $1 AND c.version = $2 AND c.last_check = $3 RETURNING c.version`,
      [robotId, version, task, engine, reason, rows],
    );
    return kept.length > 0;
  }

  /** Goes back to the browser, and forgets the comparisons that are under way. False when it is there already. */
  async drop({ robotId, version }: RobotVersionKey, reason: string): Promise<boolean> {
    const dropped = await rowsOf(
      this.manager,
      `UPDATE engine_choices c SET engine = 'browser', reason = $3, last_check = 0, misses = c.misses + 1,
         next_check = c.tasks + ${afterMiss}
       WHERE c.robot_id = $1 AND c.version = $2 AND c.engine = 'http' RETURNING c.version`,
      [robotId, version, reason],
    );
    return dropped.length > 0;
  }

  /** Has the next task compare the engines. */
  async recheck({ robotId, version }: RobotVersionKey): Promise<void> {
    await rowsOf(
      this.manager,
      `UPDATE engine_choices c SET next_check = c.tasks + 1 WHERE c.robot_id = $1 AND c.version = $2`,
      [robotId, version],
    );
  }
}
