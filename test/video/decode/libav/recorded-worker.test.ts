import t from 'tap'
import { NO_RECORDER } from '../../../../src/telemetry/recorder.ts'
import { type LibavProcess, WorkerLimitError } from '../../../../src/video/decode/libav/libav-process.ts'
import { DecoderCrashError } from '../../../../src/video/decode/decoder-failure.ts'
import { recordWorker } from '../../../../src/video/decode/libav/recorded-worker.ts'
import type { Answer, Task } from '../../../../src/video/decode/libav/libav-messages.ts'

const task: Task = { kind: 'about', filters: [], decoders: [] }
const options = {} as Parameters<LibavProcess['run']>[1]
const answer = (kind: 'about' | 'failure') => ({ head: { kind }, body: Buffer.alloc(0) }) as unknown as Answer

t.test('counts each job of a worker by its outcome, and forwards everything else', async (t) => {
  const counted: string[] = []
  const ends: Array<() => Promise<Answer>> = [
    async () => answer('about'),
    async () => answer('failure'),
    async () => {
      throw new DecoderCrashError('SIGSEGV', null, { hasStarted: true })
    },
    async () => {
      throw new DecoderCrashError(null, 1, { hasStarted: false })
    },
    async () => {
      throw new WorkerLimitError('too much')
    },
    async () => {
      throw new Error('gone')
    }
  ]
  let jobs = 0
  const worker = {
    pid: 7,
    get jobs () {
      return jobs
    },
    isGone: false,
    isTainted: true,
    use: undefined,
    run: async () => await ends[jobs++]!(),
    ended: Promise.resolve(),
    end: async () => {}
  }
  const recorded = recordWorker(worker, {
    ...NO_RECORDER,
    countDecoderRun (kind, exit) {
      counted.push(`${kind} ${exit}`)
    }
  })
  t.match(await recorded.run(task, options), { head: { kind: 'about' } })
  await recorded.run(task, options)
  for (const error of [DecoderCrashError, DecoderCrashError, WorkerLimitError, Error]) {
    await t.rejects(recorded.run(task, options), error)
  }
  t.same(counted, ['about 0', 'about failed', 'about SIGSEGV', 'about crashed', 'about limit', 'about stopped'])
  t.match(recorded, { pid: 7, isGone: false, isTainted: true, jobs: 6 })
})
