import { browserNeeds, type Engine } from '@runnel/contracts';
import { EngineChoiceStore, type ClaimedTask, type DataSource } from '@runnel/store';

/** How an attempt reads its pages. */
export interface EnginePlan {
  engine: Engine;
  /** True when `auto` took it, for this reason; false when the robot says which one. */
  isAuto: boolean;
  reason: string;
  /** The number of this task, when it is to compare both engines. */
  comparison: number | null;
  /** Rows that the version gave when the engines were last compared. */
  rowsOfComparison: number;
}

/** The engine that the robot names; for `auto` the browser, unless the other was proven to give the same rows. */
export async function chooseEngine(dataSource: DataSource, task: ClaimedTask): Promise<EnginePlan> {
  const { definition, robotId, robotVersion: version } = task;
  const plan = { engine: 'browser', isAuto: true, comparison: null, rowsOfComparison: 0 } as const;
  if (definition.engine !== 'auto') return { ...plan, engine: definition.engine, isAuto: false, reason: '' };
  const [need] = browserNeeds(definition);
  if (need) return { ...plan, reason: `${need.path}: ${need.reason}` };
  const choice = await new EngineChoiceStore(dataSource.manager).take({ robotId, version });
  if (choice.isCheckDue) {
    const reason =
      choice.tasks === 1
        ? 'this version was not read without a browser yet'
        : 'the engines are compared again';
    return { ...plan, reason, comparison: choice.tasks };
  }
  const reason = choice.reason === '' ? 'the engines are being compared by another task' : choice.reason;
  return { ...plan, engine: choice.engine, reason, rowsOfComparison: choice.rows };
}
