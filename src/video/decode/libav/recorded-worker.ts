import type { Recorder } from '../../../telemetry/recorder.ts'
import { DecoderCrashError } from '../decoder-failure.ts'
import { type LibavProcess, WorkerLimitError } from './libav-process.ts'

/** Wraps a worker so that its jobs are counted by outcome. */
export function recordWorker (worker: LibavProcess, recorder: Recorder): LibavProcess {
  return {
    get pid () {
      return worker.pid
    },
    get isGone () {
      return worker.isGone
    },
    get jobs () {
      return worker.jobs
    },
    get isTainted () {
      return worker.isTainted
    },
    get use () {
      return worker.use
    },
    ended: worker.ended,
    end: () => worker.end(),

    async run (task, options) {
      let exit = 'stopped'
      try {
        const answer = await worker.run(task, options)
        exit = answer.head.kind === 'failure' ? 'failed' : '0'
        return answer
      } catch (error) {
        if (error instanceof DecoderCrashError) exit = error.killedBy ?? 'crashed'
        if (error instanceof WorkerLimitError) exit = 'limit'
        throw error
      } finally {
        recorder.countDecoderRun(task.kind, exit)
      }
    }
  }
}
