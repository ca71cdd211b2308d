import { NO_TRACER, type Tracer } from './tracer.ts'
import type { Step, StepTimes } from './work.ts'

/** Sums the time that a request spends in each step, for the `Server-Timing` header. */
export interface StepClock {
  /** Runs a task and adds its time to a step, even if it fails. */
  measure<T>(step: Step, task: () => Promise<T>): Promise<T>
  readonly times: StepTimes
}

/** Creates the clock of one request. Each measured task is also a span of `tracer`. */
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
