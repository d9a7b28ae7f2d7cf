import { FailureError, type Session, type SessionExtras, type SessionSource } from '@runnel/contracts';
import { runDefinition } from '@runnel/interpreter';
import { aDefinition } from '../builders';
import { CollectedOutput } from '../collected-output';

export interface RobotTask {
  steps: object[];
  /** What `{{address}}` stands for in the steps: an address that comes with a run is not read when the robot is saved. */
  address: string;
  options?: object;
}

export interface RobotEnd {
  /** Null: it read a page. */
  code: string | null;
  message: string;
}

export const opensAddress: object[] = [{ type: 'navigate', url: '{{address}}' }];
/** A limit, not a pause: the machine may be busy. */
const taskMs = 180_000;

/** Runs a robot's steps as a worker does, without a ledger. */
export function runRobot(session: Session, { steps, address, options = {} }: RobotTask): Promise<RobotEnd> {
  const definition = aDefinition({ steps, options, inputs: [{ name: 'address' }] });
  const signal = AbortSignal.timeout(taskMs);
  return ending(() =>
    runDefinition(definition, { address }, { session, output: new CollectedOutput(), signal }),
  );
}

/** Does something with a session of its own: how it failed, also when it gave none. */
export async function inSession(
  source: SessionSource,
  { options = {}, extras = {} }: { options?: object; extras?: SessionExtras },
  work: (session: Session) => Promise<unknown>,
): Promise<RobotEnd> {
  return ending(async () => {
    const session = await source.open(aDefinition({ options }).options, AbortSignal.timeout(taskMs), extras);
    try {
      await work(session);
    } finally {
      await session.close();
    }
  });
}

async function ending(work: () => Promise<unknown>): Promise<RobotEnd> {
  try {
    await work();
    return { code: null, message: '' };
  } catch (error) {
    if (error instanceof FailureError) return { code: error.failure.code, message: error.failure.message };
    return { code: 'THROWN', message: String(error) };
  }
}
