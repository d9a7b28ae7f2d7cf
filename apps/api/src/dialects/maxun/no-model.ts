import { HttpProblem } from '../../http-problem';

export function noModel(): HttpProblem {
  return new HttpProblem('NOT_IMPLEMENTED', 'No language model is asked here: give the robot a workflow');
}
