import t from 'tap'
import { NO_RECORDER } from '../../../../src/telemetry/recorder.ts'
import { NO_ISOLATION } from '../../../../src/sandbox/isolation.ts'
import { createRecordedRun } from '../../../../src/video/decode/ffmpeg/recorded-run.ts'

t.test('counts each run by its task and how it ended', async (t) => {
  const counted: string[] = []
  const run = createRecordedRun('/bin/sh', {
    ...NO_RECORDER,
    countDecoderRun (task, exit) {
      counted.push(`${task} ${exit}`)
    }
  })
  const options = {
    signal: new AbortController().signal,
    directory: t.testdir(),
    limits: { cpuSeconds: 10, memoryBytes: 2 ** 30 },
    isolation: NO_ISOLATION,
    outputs: []
  }
  await run('list', ['-c', 'exit 0'], options)
  await run('inspect', ['-c', 'exit 69'], options)
  await run('decode', ['-c', 'kill -SEGV $$'], options)
  await t.rejects(run('cut', ['-c', 'exit 0'], { ...options, signal: AbortSignal.abort(new Error('gone')) }), {
    message: 'gone'
  })
  t.same(counted, ['list 0', 'inspect 69', 'decode SIGSEGV', 'cut stopped'])
})
