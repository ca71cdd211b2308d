import type { DecoderTask, Recorder } from '../../../telemetry/recorder.ts'
import { runProcess, type RunOptions, type RunResult } from '../../../sandbox/run-process.ts'

/** Runs a program for a task of the decoder. */
export type RecordedRun = (task: DecoderTask, args: readonly string[], options: RunOptions) => Promise<RunResult>

/** Returns `runProcess` for the program at `path`, with its outcomes counted. */
export function createRecordedRun (path: string, recorder: Recorder): RecordedRun {
  return async (task, args, options) => {
    let exit = 'stopped'
    try {
      const result = await runProcess(path, args, options)
      exit = result.killedBy ?? String(result.exitCode)
      return result
    } finally {
      recorder.countDecoderRun(task, exit)
    }
  }
}
