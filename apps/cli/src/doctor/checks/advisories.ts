import { advised } from '../../advisories/advised';
import { installedPackages } from '../../advisories/installed-packages';
import { ok, problem, warning, type Finding } from '../finding';

/** What is installed beside this program, against the list that came with it. */
export async function advisories(): Promise<Finding[]> {
  const packages = await installedPackages(__dirname);
  if (packages === null) {
    return [warning('npm does not tell which packages are installed', 'Install with npm ci')];
  }
  const found = advised(packages.filter(({ isForBuilding }) => !isForBuilding));
  if (found.length === 0)
    return [ok('No package is of a version with an advisory that was known at this release')];
  return found.map(({ name, version, title, url, mendedIn }) =>
    problem(`${name} ${version}: ${title}`, `Update Runnel, or ${name} to ${mendedIn}: ${url}`),
  );
}
