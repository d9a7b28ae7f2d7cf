import { advised, type Advised } from '../../advisories/advised';
import { installedPackages } from '../../advisories/installed-packages';
import { info, ok, problem, warning, type Finding } from '../finding';

/** What is installed beside this program, against the list that came with it. */
export async function advisories(): Promise<Finding[]> {
  const packages = await installedPackages(__dirname);
  if (packages === null) {
    return [warning('npm does not tell which packages are installed', 'Install with npm ci')];
  }
  const found = advised(packages.filter(({ isForBuilding }) => !isForBuilding));
  if (found.length === 0)
    return [ok('No package is of a version with an advisory that was known at this release')];
  return found.map(findingOf);
}

function findingOf({ name, version, title, url, mendedIn, keptBecause }: Advised): Finding {
  const says = `${name} ${version}: ${title}`;
  if (keptBecause !== null) return info(says, `${keptBecause}: ${url}`);
  return problem(says, `Update Runnel${mendedIn === null ? '' : `, or ${name} to ${mendedIn}`}: ${url}`);
}
