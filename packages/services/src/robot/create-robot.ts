import { parseDefinition, type Definition } from '@runnel/contracts';
import { RobotStore, type DataSource, type RobotWithDefinition } from '@runnel/store';
import { InvalidInputError } from '../invalid-input';

export interface NewRobot {
  spaceId: string;
  /** Without one, the definition's title. */
  name: string | null;
  definition: unknown;
  publish: boolean;
}

/** @throws InvalidInputError with every fault of the definition. */
export async function createRobot(dataSource: DataSource, command: NewRobot): Promise<RobotWithDefinition> {
  const { spaceId, publish } = command;
  const definition = validDefinition(command.definition);
  const name = nameFor(command.name, definition);
  return dataSource.transaction(async (manager) => {
    const store = new RobotStore(manager);
    const id = await store.create({ spaceId, name, definition, publish });
    const robot = await store.find(spaceId, id, 'latest');
    if (!robot) throw new Error(`robot ${id} is gone in the transaction that made it`);
    return robot;
  });
}

export function validDefinition(document: unknown): Definition {
  const { definition, faults } = parseDefinition(document);
  if (definition) return definition;
  const count = faults.length === 1 ? 'a fault' : `${faults.length} faults`;
  throw new InvalidInputError(`The definition has ${count}`, faults);
}

function nameFor(given: string | null, definition: Definition): string {
  const name = given ?? definition.title ?? '';
  if (name !== '') return name;
  const message = 'is missing; give the robot a `name`, or its definition a `title`';
  throw new InvalidInputError('The robot has no name', [{ path: 'name', message }]);
}
