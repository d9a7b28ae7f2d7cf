import type { Gate } from '@runnel/egress';
import type { HTTPRequest, Page } from 'puppeteer';
import { isGateError } from './page-errors';

/** Hosts of one page that are told of. */
const mostHosts = 20;

/** What a page asked for beside its document and may not have: told once for each host. */
export class RefusedRequests {
  readonly #hosts = new Set<string>();
  #told: string[] = [];

  constructor(
    private readonly page: Page,
    private readonly gate: Gate | null,
  ) {
    page.on('requestfailed', (request) => this.#failed(request));
  }

  /** Those since the last call, as warnings. */
  take(): string[] {
    return this.#told.splice(0);
  }

  #failed(request: HTTPRequest): void {
    const url = request.url();
    const isDocument = request.isNavigationRequest() && request.frame() === this.page.mainFrame();
    if (isDocument || !isGateError(request.failure()?.errorText) || this.#hosts.size >= mostHosts) return;
    const why = this.gate?.whyFailed(url);
    if (why?.code !== 'EGRESS_REFUSED') return;
    const { host } = new URL(url);
    if (!this.#hosts.has(host)) this.#told.push(`the page lacks what it asked for: ${why.message}`);
    this.#hosts.add(host);
  }
}
