import { failure, type Failure, type FailureCode, isUrl } from '@runnel/contracts';
import {
  nearestSelectors,
  type Askable,
  pageHtml,
  pageSignals,
  textLength,
  type NearSelector,
} from '@runnel/extraction';
import { callSignal } from './call-signal';
import type { StepScope } from './step-context';

const lookMs = 3_000;
/** For a page that did not answer in time before. */
const shortLookMs = 500;
const maxHtmlBytes = 5 * 1024 * 1024;

/** Failures that the page itself explains. */
const ofPages: ReadonlySet<FailureCode> = new Set<FailureCode>([
  'BLOCKED',
  'ELEMENT_NOT_FOUND',
  'EXPRESSION_NOT_TRUE',
  'FIELD_REQUIRED',
  'HTTP_STATUS',
  'HTTP_UNAVAILABLE',
  'LOGIN_REQUIRED',
  'RATE_LIMITED',
  'SELECTOR_NO_MATCH',
  'STEP_TIMEOUT',
]);

/** Failures behind which a login page may stand where another page was asked for. */
const maybeLogin: ReadonlySet<FailureCode> = new Set<FailureCode>([
  'ELEMENT_NOT_FOUND',
  'FIELD_REQUIRED',
  'SELECTOR_NO_MATCH',
]);
/** A page that asks for a person shows little else. */
const challengeTextLength = 3_000;

interface Look {
  title: string;
  status: number | null;
  url: string;
  captcha: string | null;
  isLogin: boolean;
}

/** The failure with what the page tells about it: its title, status and address, and selectors that do match. */
export async function describeFailure(found: Failure, scope: StepScope): Promise<Failure> {
  // What was described where it happened must not be described by another page.
  if (!ofPages.has(found.code) || found.details?.['nearest'] !== undefined) return found;
  const look = await lookAt(scope, found.code === 'STEP_TIMEOUT' ? shortLookMs : lookMs).catch(() => null);
  if (!look) return found;
  const nearest = await nearestTo(found, scope).catch(() => []);
  const { title, status, url, captcha } = look;
  const details = { ...found.details, title, status, url, nearest, ...(captcha !== null && { captcha }) };
  const told = failure(codeFor(found.code, look), sentence(found, look, nearest), details);
  return { ...told, step: found.step, stepType: found.stepType };
}

/** Keeps what the page looked like and its HTML, where the page itself failed the robot. */
export async function saveEvidence({ code }: Failure, scope: StepScope): Promise<void> {
  if (!ofPages.has(code) && code !== 'CAPTCHA') return;
  const { session } = scope;
  const call = () => ({ signal: callSignal(scope.signal, lookMs) });
  const html = await session.ask(pageHtml, { scope: null }, call()).catch(() => null);
  if (html && Buffer.byteLength(html.html) <= maxHtmlBytes) {
    const bytes = Buffer.from(html.html.toWellFormed());
    await scope.saveArtifact({
      name: 'failure',
      extension: 'html',
      contentType: 'text/html; charset=utf-8',
      bytes,
    });
  }
  if (session.engine === 'http') return;
  const picture = await session.screenshot({ fullPage: false }, call()).catch(() => null);
  if (picture) {
    await scope.saveArtifact({ name: 'failure', extension: 'png', contentType: 'image/png', bytes: picture });
  }
}

async function lookAt({ session, signal, trail }: StepScope, ms: number): Promise<Look> {
  const call = { signal: callSignal(signal, ms) };
  const { title, captcha, hasPasswordField } = await session.ask(pageSignals, null, call);
  const length = await session.ask(textLength, null, call);
  const url = session.url();
  const wasSentHere = trail.asked !== null && pathOf(trail.asked) !== pathOf(url);
  return {
    title,
    status: session.status(),
    url,
    captcha: length <= challengeTextLength ? captcha : null,
    isLogin: hasPasswordField && wasSentHere,
  };
}

function codeFor(code: FailureCode, { captcha, isLogin }: Look): FailureCode {
  if (captcha !== null) return 'CAPTCHA';
  return isLogin && maybeLogin.has(code) ? 'LOGIN_REQUIRED' : code;
}

function sentence({ message }: Failure, look: Look, nearest: NearSelector[]): string {
  if (look.captcha !== null) return `${look.url} asks for a person (${look.captcha}). ${message}`;
  if (look.isLogin) return `The site led to a login page, ${look.url}. ${message}`;
  const near = nearest.map(({ selector, count }) => `${JSON.stringify(selector)} (${count})`);
  return near.length > 0 ? `${message}. The page has ${near.join(', ')}` : message;
}

/** At most three selectors near those that were tried. */
async function nearestTo({ details }: Failure, { session, signal }: StepScope): Promise<NearSelector[]> {
  const tried = Array.isArray(details?.['selectors']) ? details['selectors'] : [];
  const first: unknown = tried[0];
  if (typeof first !== 'string') return [];
  const during = callSignal(signal, lookMs);
  const ask: Askable['ask'] = (question, argument) => session.ask(question, argument, { signal: during });
  const within = typeof details?.['within'] === 'string' ? details['within'] : null;
  return nearestSelectors({ ask }, { selector: first, within });
}

function pathOf(address: string): string {
  return isUrl(address) ? new URL(address).pathname : address;
}
