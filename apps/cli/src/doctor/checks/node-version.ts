import { ok, warning, type Finding } from '../finding';

/** Of these Node's makers mend what is found. */
const supported = [20, 22, 24];

export function nodeVersion(): Finding {
  const major = Number(process.versions.node.split('.')[0]);
  if (supported.includes(major) || major > Math.max(...supported))
    return ok(`Node.js ${process.versions.node}`);
  const says = `Node.js ${process.versions.node} is no version that is kept up to date`;
  return warning(says, `Use one of ${supported.join(', ')} or newer`);
}
