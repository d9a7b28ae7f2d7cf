import type { Definition } from '@runnel/contracts';
import { readDefinition } from '@runnel/importers';
import { RobotStore, type RobotWithDefinition } from '@runnel/store';
import { InvalidInputError } from '../invalid-input';
import { checkRobot, type RobotDeps } from './check-robot';

export interface NewRobot {
  spaceId: string;
  /** Without one, what the document calls it. */
  name: string | null;
  /** A definition of ours, a recording of Chrome or a robot of Maxun. */
  definition: unknown;
  publish: boolean;
  /** Those that the key which asks may send its robots to; null: any. */
  domains: readonly string[] | null;
}

/**
 * Makes a robot. `before`: what it is made of, and was checked with.
 * @throws InvalidInputError with every fault of the definition, or for a proxy that does not do.
 */
export async function createRobot(
  deps: RobotDeps,
  command: NewRobot,
  before: Definition | null = null,
): Promise<RobotWithDefinition> {
  const { spaceId, publish, domains } = command;
  const { definition, name: ownName } = validDefinition(command.definition);
  const name = nameFor(command.name ?? ownName);
  await checkRobot(deps, { spaceId, definition, before, domains });
  return deps.dataSource.transaction((manager) =>
    insertRobot(new RobotStore(manager), { spaceId, name, definition, publish }),
  );
}

/** In a transaction. */
export async function insertRobot(
  store: RobotStore,
  robot: { spaceId: string; name: string; definition: Definition; publish: boolean },
): Promise<RobotWithDefinition> {
  const id = await store.create(robot);
  const inserted = await store.find(robot.spaceId, id, 'draft');
  if (!inserted) throw new Error(`robot ${id} is gone in the transaction that made it`);
  return inserted;
}

/** The definition in a document, and its sender's name for it. @throws InvalidInputError with every fault of it. */
export function validDefinition(document: unknown): { definition: Definition; name: string | null } {
  const read = readDefinition(document);
  if (read.definition) return read;
  const count = read.faults.length === 1 ? 'a fault' : `${read.faults.length} faults`;
  throw new InvalidInputError(`The definition has ${count}`, read.faults);
}

function nameFor(name: string | null): string {
  if (name !== null && name !== '') return name;
  const message = 'is missing; give the robot a `name`, or its definition a `title`';
  throw new InvalidInputError('The robot has no name', [{ path: 'name', message }]);
}
