import { NO_TRACER, type Tracer } from './tracer.ts'
import type { Step, StepTimes } from './work.ts'

/** Adds up the time that a request spends in each step, for the `Server-Timing` header. */
export interface StepClock {
  /** Runs a task and books its time on a step, also when it fails. */
  measure<T>(step: Step, task: () => Promise<T>): Promise<T>
  readonly times: StepTimes
}

/** A clock that has measured nothing yet; one per request. Each task is a span for `tracer` too. */
export function createStepClock (tracer: Pick<Tracer, 'inSpan'> = NO_TRACER): StepClock {
  const times: StepTimes = {}
  return {
    times,
    async measure (step, task) {
      const startMs = performance.now()
      try {
        return await tracer.inSpan(step, task)
      } finally {
        times[step] = (times[step] ?? 0) + performance.now() - startMs
      }
    }
  }
}
