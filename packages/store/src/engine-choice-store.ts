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

  /** Keeps what a comparison came to, or that the http engine alone did not do. */
  async decide(
    { robotId, version }: RobotVersionKey,
    { engine, reason }: { engine: Engine; reason: string },
  ): Promise<void> {
    await rowsOf(
      this.manager,
      `UPDATE engine_choices c SET engine = $3, reason = $4,
         equal_checks = CASE WHEN $3 = 'http' THEN c.equal_checks + 1 ELSE 0 END,
         misses = CASE WHEN $3 = 'http' THEN 0 ELSE c.misses + 1 END,
         next_check = c.tasks + CASE WHEN $3 = 'http' THEN $7 ELSE $5 * (2 ^ least(c.misses, $6))::int END
       WHERE c.robot_id = $1 AND c.version = $2`,
      [robotId, version, engine, reason, tasksAfterMiss, mostDoublings, tasksBetweenChecks],
    );
  }
}
