import type { Installation } from '../installation';
import { ok, problem, type Finding } from '../finding';

export function browser({ browser: found }: Installation): Finding[] {
  if (found instanceof Error) {
    return [problem('No browser starts', found.message)];
  }
  const { sandbox, user } = found.isolation;
  const sandboxed = sandbox
    ? ok('The browser runs in its sandbox')
    : problem(
        'The browser runs without its sandbox: a page that breaks out of it is on this machine',
        'Let programs without rights make namespaces, or use the image and its seccomp profile',
      );
  const named =
    user === 'root'
      ? problem('The browser runs as root', 'Start Runnel as another user, or install setpriv (util-linux)')
      : ok(`The browser runs as ${user}`);
  return [sandboxed, named];
}
