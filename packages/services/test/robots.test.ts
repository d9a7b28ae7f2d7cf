import { newId, RobotStore } from '@runnel/store';
import { aDocument } from '@runnel/testing';
import {
  createRobot,
  duplicateRobot,
  ensureRobot,
  InvalidInputError,
  NewerVersionError,
  renameRobot,
  replaceRobot,
} from '../src';
import { startTestServices, type TestServices } from './test-services';

let services: TestServices;

beforeAll(async () => {
  services = await startTestServices();
});

afterAll(async () => {
  await services.close();
});

const aRobot = (parts: { publish?: boolean; definition?: object; name?: string } = {}) => {
  const { deps, spaceId } = services;
  return createRobot(deps, {
    spaceId,
    name: 'Books',
    publish: true,
    domains: null,
    definition: aDocument(),
    ...parts,
  });
};
const duplicate = (id: string, targetUrl: string) =>
  duplicateRobot(services.deps, { spaceId: services.spaceId, id, targetUrl, domains: null });
const start = (url: string) => aDocument({ steps: [{ type: 'navigate', url }] });

describe('a duplicate', () => {
  test('runs what is published of the first robot, from another address on', async () => {
    const { deps, spaceId } = services;
    const { id } = await aRobot({ definition: start('https://a.test/') });
    const draft = { spaceId, id, name: null, publish: false, domains: null };
    await replaceRobot(deps, { ...draft, definition: start('https://draft.test/') });
    const made = await duplicate(id, 'https://b.test/shop/red%20books/?page=2');
    expect(made).toMatchObject({
      ...{ name: 'Books (red%20books)', version: 1, publishedVersion: 1 },
      definition: { steps: [{ type: 'navigate', url: 'https://b.test/shop/red%20books/?page=2' }] },
    });
    expect(made?.id).not.toBe(id);
  });

  test('of a draft is a draft', async () => {
    const { id } = await aRobot({ publish: false });
    expect(await duplicate(id, 'https://b.test')).toMatchObject({
      name: 'Books (b.test)',
      publishedVersion: null,
    });
  });

  test('has a name of at most 200 characters', async () => {
    const { id } = await aRobot({ name: 'x'.repeat(195) });
    expect((await duplicate(id, 'https://b.test/'))?.name).toBe(`${'x'.repeat(195)} (b.t`);
  });

  test('is refused when it would open nothing', async () => {
    const blank = await aRobot({ definition: start('about:blank') });
    await expect(duplicate(blank.id, 'https://b.test/')).rejects.toThrow(InvalidInputError);
    const { id } = await aRobot();
    for (const url of [
      'b.test',
      'file:///etc/passwd',
      'https://b.test/{{x}}',
      `https://b.test/${'x'.repeat(8_000)}`,
    ]) {
      await expect(duplicate(id, url)).rejects.toMatchObject({ faults: [{ path: 'targetUrl' }] });
    }
    expect(await duplicate(newId(), 'https://b.test/')).toBeNull();
  });
});

test('a robot that is renamed has no new version, and what it is made of stays', async () => {
  const { dataSource, spaceId } = services;
  const robot = await aRobot();
  expect(await renameRobot(dataSource, { spaceId, id: robot.id, name: 'Films' })).toMatchObject({
    ...{ id: robot.id, name: 'Films', latestVersion: 1, publishedVersion: 1, definition: robot.definition },
  });
  const store = new RobotStore(dataSource.manager);
  expect(await store.versions(spaceId, robot.id)).toHaveLength(1);
  expect(await renameRobot(dataSource, { spaceId: newId(), id: robot.id, name: 'x' })).toBeNull();
});

describe('a robot that is asked for by name and definition', () => {
  const ensure = (name: string, publish = true) =>
    ensureRobot(services.deps, {
      ...{ spaceId: services.spaceId, name, publish, domains: null },
      definition: start('https://ensured.test/'),
    });

  test('is published where it is a draft, and stays one where that is not asked for', async () => {
    const draft = await aRobot({ name: 'Draft', publish: false, definition: start('https://ensured.test/') });
    const asked = await ensure('Draft', false);
    expect(asked).toMatchObject({ isNew: false, robot: { id: draft.id, publishedVersion: null } });
    const published = { id: draft.id, version: 1, latestVersion: 1, publishedVersion: 1 };
    for (let time = 0; time < 2; time += 1) {
      expect(await ensure('Draft')).toMatchObject({ isNew: false, robot: published });
    }
  });

  test('is new once', async () => {
    const first = await ensure('New');
    expect(first).toMatchObject({ isNew: true, robot: { publishedVersion: 1 } });
    expect(await ensure('New')).toEqual({ isNew: false, robot: first?.robot });
  });
});

describe('a robot that is replaced', () => {
  const replace = (id: string, ifVersion?: number) =>
    replaceRobot(services.deps, {
      ...{ spaceId: services.spaceId, id, name: null, publish: true, domains: null },
      definition: aDocument(),
      ...(ifVersion !== undefined && { ifVersion }),
    });

  test('stays as it is when it has a newer version than was known', async () => {
    const { id } = await aRobot();
    expect(await replace(id, 1)).toMatchObject({ version: 2, publishedVersion: 2 });
    await expect(replace(id, 1)).rejects.toThrow(NewerVersionError);
    const store = new RobotStore(services.dataSource.manager);
    expect(await store.versions(services.spaceId, id)).toHaveLength(2);
    expect(await replace(id)).toMatchObject({ version: 3 });
    expect(await replace(newId(), 1)).toBeNull();
  });

  test('by many at once is replaced by one', async () => {
    const { id } = await aRobot();
    const tried = await Promise.allSettled(Array.from({ length: 8 }, () => replace(id, 1)));
    expect(tried.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const robot = await new RobotStore(services.dataSource.manager).find(services.spaceId, id, 'draft');
    expect(robot).toMatchObject({ version: 2, publishedVersion: 2 });
  });
});
