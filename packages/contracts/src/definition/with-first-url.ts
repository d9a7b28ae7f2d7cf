import { isBlankPage } from './step/blank-page';
import type { Step, StepOf } from './step/step';

/** The steps with another address where they open their first page. */
export function withFirstUrl(steps: Step[], url: string): Step[] {
  const first = steps.find(opensPage);
  return steps.map((step) => (step === first ? { ...step, url } : step));
}

/** True for a step that opens an address: the page of a new tab is there already. */
export function opensPage(step: Step): step is StepOf<'navigate'> {
  return step.type === 'navigate' && !isBlankPage(step.url);
}
