import type { ChaosWorld } from './chaos-world';
import type { FaultKind, PlannedFault } from './fault-plan';

/** What a fault came to. */
export interface Happened {
  /** Which process or server, and at which statement. */
  where: string;
  /** By this machine's clock, which is the database's. */
  at: number;
  /** When it was over: a while later for those that last. */
  until: number;
  /** The process that it befell; null for a server. */
  pid: number | null;
}

export interface FaultRecord extends Happened {
  kind: FaultKind;
  isAlone: boolean;
}

export interface Scene {
  world: ChaosWorld;
  planned: PlannedFault;
}

/** Makes a fault, and resolves when it is over. Null: there was nothing there that it could befall. */
export type Inject = (scene: Scene) => Promise<Happened | null>;
