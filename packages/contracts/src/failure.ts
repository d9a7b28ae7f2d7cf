import { z } from 'zod';

/** Every way in which a task can fail: whether trying again may help, and what a person can do about it. */
const failures = {
  ABORTED: { retryable: false, help: 'The run was aborted; start it again if it is still wanted.' },
  BROWSER_CRASHED: { retryable: true, help: 'The page may need more memory than the worker has.' },
  BROWSER_MISSING: {
    retryable: false,
    help: 'Install Chromium or Chrome on the worker, or set PUPPETEER_EXECUTABLE_PATH.',
  },
  DEADLINE: { retryable: false, help: 'Raise options.deadlineMs, or let the robot read fewer pages.' },
  EGRESS_REFUSED: {
    retryable: false,
    help: "Give a public address, of a host that the run's API key is for. Who runs this installation may open hosts inside its network by RUNNEL_ALLOW_HOSTS.",
  },
  ELEMENT_NOT_FOUND: {
    retryable: false,
    help: 'Check the selectors against the page, raise the timeout, or mark the step optional.',
  },
  EXPRESSION_NOT_TRUE: { retryable: false, help: 'Check the expression in the page, or raise the timeout.' },
  FIELD_REQUIRED: {
    retryable: false,
    help: "Check the field's selector, give it a default, or drop `required`.",
  },
  HTTP_STATUS: {
    retryable: false,
    help: 'Open the address in a browser: there is no such page, or the site does not serve it to the robot.',
  },
  HTTP_UNAVAILABLE: { retryable: true, help: 'The site is busy or refuses for now; try again later.' },
  INTERNAL: { retryable: true, help: 'This is a fault in Runnel: please report it with the run id.' },
  BLOCKED: {
    retryable: false,
    help: 'The site refuses this robot: slow it down, give it a user agent or a session that the site accepts, or ask the site.',
  },
  CAPTCHA: {
    retryable: false,
    help: 'The site asks for a person; robots do not solve such questions. Slow the robot down, or ask the site for access.',
  },
  LOGIN_REQUIRED: { retryable: false, help: 'Let the robot sign in first, in steps before this one.' },
  NEEDS_BROWSER: { retryable: false, help: 'Set engine to "browser" or "auto".' },
  PAGE_TOO_LARGE: {
    retryable: false,
    help: 'Read a smaller page of the site, or leave out what it loads by options.block; engine "browser" reads larger ones than "http".',
  },
  PROXY_FAILED: {
    retryable: true,
    help: "Check options.proxy: the proxy's address, its user and the secret of its password.",
  },
  RATE_LIMITED: {
    retryable: true,
    help: 'The site asks to be visited less often: lower concurrency, or wait.',
  },
  NAVIGATION_DNS: { retryable: true, help: 'Check the spelling of the host name.' },
  NAVIGATION_FAILED: { retryable: true, help: 'Check the address, and that the worker can reach it.' },
  NAVIGATION_REFUSED: { retryable: true, help: 'Check the port, and that the site is up.' },
  NAVIGATION_TIMEOUT: { retryable: true, help: "The site did not answer in time; raise the step's timeout." },
  ROBOTS_DISALLOWED: {
    retryable: false,
    help: 'Leave the page out, or set options.robotsTxt to "ignore" if the site lets you.',
  },
  SECRET_MISSING: {
    retryable: false,
    help: 'Set the secret by PUT /api/secrets/{name}, or `runnel secrets set NAME`.',
  },
  SECRET_REFUSED: {
    retryable: false,
    help: 'Start the robot at addresses that stay on its own hosts, or let it open that host by a `navigate` without inputs.',
  },
  SELECTOR_INVALID: { retryable: false, help: 'Correct the selector.' },
  SELECTOR_NO_MATCH: {
    retryable: false,
    help: 'Check the selector against the page; where it may be missing, make the list not required, or the step optional.',
  },
  STEP_TIMEOUT: { retryable: true, help: "Raise the step's timeout." },
  // A browser that is ended in order closes its tabs first.
  TAB_CLOSED: {
    retryable: true,
    help: 'A close step, or the page itself, closed this tab; steps after it need another.',
  },
  URL_INVALID: { retryable: false, help: 'Give an absolute http or https address of a page.' },
  WORKER_LOST: {
    retryable: true,
    help: "Look at the worker's log: it died or was cut off while it ran this.",
  },
} as const;

export type FailureCode = keyof typeof failures;

export const failureSchema = z.object({
  code: z.enum(Object.keys(failures) as [FailureCode, ...FailureCode[]]),
  /** One sentence: what happened, where, and what was found. */
  message: z.string(),
  /** One sentence: what would help. */
  help: z.string(),
  retryable: z.boolean(),
  /** Index of the step in the definition, and its type; null when no step was running. */
  step: z.number().int().nullable(),
  stepType: z.string().nullable(),
  details: z.record(z.string(), z.unknown()).optional(),
});
export type Failure = z.infer<typeof failureSchema>;

export function failure(code: FailureCode, message: string, details?: Record<string, unknown>): Failure {
  return { code, message, ...failures[code], step: null, stepType: null, ...(details && { details }) };
}

/** Ends the attempt with this failure; the worker writes it to the row and decides about another attempt. */
export class FailureError extends Error {
  constructor(
    readonly failure: Failure,
    options?: ErrorOptions,
  ) {
    super(failure.message, options);
    this.name = 'FailureError';
  }
}

/** The same failure, told where it happened. */
export function atStep(found: Failure, step: number, stepType: string): Failure {
  return found.step === null ? { ...found, step, stepType } : found;
}
