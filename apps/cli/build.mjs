// One file for each program, next to its sources: our packages bundled in, everything from npm left outside.
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build as bundle } from 'esbuild';

const root = fileURLToPath(new URL('../../', import.meta.url));

const programs = {
  'apps/api/dist/main': 'apps/api/src/main.ts',
  'apps/worker/dist/main': 'apps/worker/src/main.ts',
  'apps/scheduler/dist/main': 'apps/scheduler/src/main.ts',
  'apps/cli/dist/main': 'apps/cli/src/main.ts',
  'apps/cli/dist/advisories': 'apps/cli/src/advisories/main.ts',
  'packages/embedded/dist/keeper': 'packages/embedded/src/keeper.ts',
  'packages/testing/dist/bench': 'packages/testing/src/bench/main.ts',
  'packages/testing/dist/guards': 'packages/testing/src/guards/main.ts',
  'packages/testing/dist/chaos': 'packages/testing/src/chaos/main.ts',
  'packages/testing/dist/page-server': 'packages/testing/src/bench/page-server.ts',
  'packages/testing/dist/bare-server': 'packages/testing/src/bench/bare-server.ts',
};

function fromNpm() {
  const folders = ['apps', 'packages'].flatMap((group) =>
    readdirSync(`${root}${group}`).map((name) => `${root}${group}/${name}/package.json`),
  );
  const names = folders.flatMap((file) =>
    Object.keys(JSON.parse(readFileSync(file, 'utf8')).dependencies ?? {}),
  );
  return [...new Set(names)].filter((name) => !name.startsWith('@runnel/'));
}

export async function build() {
  await bundle({
    absWorkingDir: root,
    entryPoints: programs,
    outdir: root,
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    format: 'cjs',
    sourcemap: 'linked',
    external: [...fromNpm(), '@runnel/*/main', '@runnel/embedded/keeper'],
    logLevel: 'warning',
  });
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await build();
