import type { FastifyReply } from 'fastify'
import type { StepTimes } from '../telemetry/work.ts'

/** Sets the `Server-Timing` header to the duration of each step. */
export function addServerTiming (reply: FastifyReply, stepTimes: StepTimes): FastifyReply {
  const steps = Object.entries(stepTimes).map(([step, ms]) => `${step};dur=${ms.toFixed(1)}`)
  return steps.length === 0 ? reply : reply.header('server-timing', steps.join(', '))
}
