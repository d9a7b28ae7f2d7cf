import { browserNeeds, type Engine } from '@runnel/contracts';
import { EngineChoiceStore, type ClaimedTask, type DataSource } from '@runnel/store';

/** How an attempt reads its pages. */
export interface EnginePlan {
  engine: Engine;
  /** Why `auto` took it; null where the robot says which one. */
  reason: string | null;
  /** Compare both engines in this attempt. */
  compares: boolean;
}

/** The engine that the robot names; for `auto` the browser, unless the other was proven to give the same rows. */
export async function chooseEngine(dataSource: DataSource, task: ClaimedTask): Promise<EnginePlan> {
  const { definition, robotId, robotVersion: version } = task;
  if (definition.engine !== 'auto') return { engine: definition.engine, reason: null, compares: false };
  const [need] = browserNeeds(definition);
  if (need) return { engine: 'browser', reason: `${need.path}: ${need.reason}`, compares: false };
  const choice = await new EngineChoiceStore(dataSource.manager).take({ robotId, version });
  if (choice.isCheckDue) {
    const reason =
      choice.tasks === 1
        ? 'this version was not read without a browser yet'
        : 'the engines are compared again';
    return { engine: 'browser', reason, compares: true };
  }
  const reason = choice.reason === '' ? 'the engines are being compared by another task' : choice.reason;
  return { engine: choice.engine, reason, compares: false };
}
