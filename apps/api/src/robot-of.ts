import { robotOf, RobotStore } from '@runnel/store';
import type { ApiDeps } from './deps';
import { readUuid } from './id-forms';

/** The robot that a path names as `/robots/{id}/…`. */
export function robotInPath({ params }: { params: { id: string } }): string | null {
  return readUuid(params.id);
}

type Finder<Named> = (asked: Named & { spaceId: string }) => Promise<string | null>;

/** That of the run which `idIn` reads in a request; a moment of a schedule that started none is of its robot as well. */
export function robotOfRun<Named>(
  { dataSource: { manager } }: Pick<ApiDeps, 'dataSource'>,
  idIn: (asked: Named) => string | null,
): Finder<Named> {
  return async (asked) => {
    const id = idIn(asked);
    if (id === null) return null;
    const { spaceId } = asked;
    return (await robotOf(manager, 'run', { spaceId, id })) ?? robotOf(manager, 'fire', { spaceId, id });
  };
}

export function robotOfSchedule<Named>(
  { dataSource: { manager } }: Pick<ApiDeps, 'dataSource'>,
  idIn: (asked: Named) => string | null,
): Finder<Named> {
  return async (asked) => {
    const id = idIn(asked);
    return id === null ? null : robotOf(manager, 'schedule', { spaceId: asked.spaceId, id });
  };
}

/** The handles are those that can be one: see `isHandle`. */
export function robotOfHandle<Named>(
  { dataSource: { manager } }: Pick<ApiDeps, 'dataSource'>,
  handleIn: (asked: Named) => string | null,
): Finder<Named> {
  const robots = new RobotStore(manager);
  return async (asked) => {
    const handle = handleIn(asked);
    return handle === null ? null : ((await robots.findByHandle(asked.spaceId, handle))?.id ?? null);
  };
}

/** The one that all names are of; null where they are of several, or one is of none. */
export function onlyRobot(ids: (string | null)[]): string | null {
  const [first = null, ...others] = new Set(ids);
  return others.length === 0 ? first : null;
}
