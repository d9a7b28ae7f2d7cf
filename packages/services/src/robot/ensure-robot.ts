import { isDeepStrictEqual } from 'node:util';
import { RobotStore, type RobotWithDefinition } from '@runnel/store';
import { checkRobot, type RobotDeps } from './check-robot';
import { insertRobot, validDefinition, type NewRobot } from './create-robot';

/**
 * The robot of this name that does just this, or a new one: asked for again, as after a lost answer, it is made once.
 * With `publish` it can run: where none of its versions is published, this one is.
 * Null when the name is taken by a robot that does something else.
 * @throws InvalidInputError with every fault of the definition, or for a proxy that does not do.
 */
export async function ensureRobot(
  deps: RobotDeps,
  command: NewRobot & { name: string },
): Promise<{ robot: RobotWithDefinition; isNew: boolean } | null> {
  const { spaceId, name, publish, domains } = command;
  const { definition } = validDefinition(command.definition);
  // As it is kept.
  const kept: unknown = JSON.parse(JSON.stringify(definition));
  const isSame = (robot: RobotWithDefinition) => isDeepStrictEqual(robot.definition, kept);
  const known = (await new RobotStore(deps.dataSource.manager).named(spaceId, name)).find(isSame);
  await checkRobot(deps, { spaceId, definition, before: known?.definition ?? null, domains });
  return deps.dataSource.transaction(async (manager) => {
    const store = new RobotStore(manager);
    const named = await store.named(spaceId, name);
    const same = named.find(isSame);
    if (same) return { robot: publish ? await published(store, same) : same, isNew: false };
    if (named.length > 0) return null;
    return { robot: await insertRobot(store, { spaceId, name, definition, publish }), isNew: true };
  });
}

async function published(store: RobotStore, robot: RobotWithDefinition): Promise<RobotWithDefinition> {
  const { spaceId, id, version, publishedVersion } = robot;
  if (publishedVersion !== null) return robot;
  await store.publish(spaceId, id, version);
  // Null: it was deleted at this moment.
  return (await store.find(spaceId, id, version)) ?? robot;
}
