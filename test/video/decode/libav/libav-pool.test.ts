import { readFile } from 'node:fs/promises'
import t from 'tap'
import type { Test } from 'tap'
import { ask, askLibav } from '../../../../src/video/decode/libav/find-libav.ts'
import { createLibavPool, type LibavPoolSettings } from '../../../../src/video/decode/libav/libav-pool.ts'
import {
  type LibavProcess,
  startLibavProcess,
  WorkerLimitError
} from '../../../../src/video/decode/libav/libav-process.ts'
import { createLibav } from '../../../../src/video/decode/libav/libav.ts'
import { type Isolation, NO_ISOLATION } from '../../../../src/sandbox/isolation.ts'
import type { Task } from '../../../../src/video/decode/libav/libav-messages.ts'
import { NO_LIBAV } from '../../../support/test-decoder.ts'
import { H264, makeBarcodeVideo } from '../../../support/videos.ts'
import type { DecoderInput } from '../../../../src/video/decode/decode-plan.ts'

const skip = NO_LIBAV
const directory = t.testdir()
const path =
  skip === false ? await makeBarcodeVideo(directory, 'long.mp4', { seconds: 40, framesPerSecond: 25, args: H264 }) : ''
const input: DecoderInput = {
  path,
  container: { demuxer: 'mov' },
  isProbed: true,
  threads: 1,
  maxPixels: 36e6,
  bytes: 1e6
}
const context = { signal: new AbortController().signal, directory }
const FRAMES = 1000

/** Creates a pool and records its workers. */
function makePool (t: Test, settings: Partial<LibavPoolSettings> = {}, hinder = (worker: LibavProcess) => worker) {
  const workers: LibavProcess[] = []
  const start = () => {
    const worker = startLibavProcess({ home: directory, isolation: NO_ISOLATION })
    workers.push(worker)
    return hinder(worker)
  }
  const pool = createLibavPool({ size: 1, start, ...settings })
  t.teardown(() => pool.close())
  return { pool, workers, decoder: createLibav(pool, new Set()) }
}

/** Returns the worker, but calls `interrupt` at the first log line of a job. */
function befall (
  worker: LibavProcess,
  happen: (worker: LibavProcess) => void,
  hinders: (task: Task) => boolean = () => true
): LibavProcess {
  return Object.create(worker, {
    run: {
      value: (...[task, options]: Parameters<LibavProcess['run']>) => {
        let isDone = !hinders(task)
        const onLine = (line: string) => {
          if (!isDone) happen(worker)
          isDone = true
          options.onLine(line)
        }
        return worker.run(task, { ...options, onLine })
      }
    }
  }) as LibavProcess
}

const isAlive = async (pid: number | undefined) =>
  await readFile(`/proc/${pid}/stat`).then(
    () => true,
    () => false
  )

t.test('runs one job after the other in one process', { skip }, async (t) => {
  const { workers, decoder } = makePool(t)
  t.equal((await decoder.inspect(input, context)).length, FRAMES)
  t.equal((await decoder.list(input, context)).chosen.packets.length, FRAMES)
  t.equal(workers.length, 1)
  t.equal(workers[0]?.jobs, 2)
})

t.test('gives a worker only the environment that its allocator needs', { skip }, async (t) => {
  process.env['POSTERFRAME_TEST_SECRET'] = 'hunter2'
  t.teardown(() => {
    delete process.env['POSTERFRAME_TEST_SECRET']
  })
  const { pool, workers } = makePool(t)
  await askLibav(pool, context)
  const environment = await readFile(`/proc/${workers[0]?.pid}/environ`, 'utf8')
  // The shell in front of it says where it is; the test runner adds what is its own.
  t.same(
    environment.split('\0').filter((entry) => !/^$|^PWD=|^_=|^_TAPJS_|^NODE_OPTIONS=.*tapjs/.test(entry)),
    ['MALLOC_MMAP_THRESHOLD_=262144']
  )
})

t.test('retries a job in a new worker if the first one is killed', { skip }, async (t) => {
  let kills = 0
  const { workers, decoder } = makePool(t, {}, (worker) =>
    befall(worker, ({ pid }) => {
      if (kills++ === 0) process.kill(pid!, 'SIGKILL')
    })
  )
  t.equal((await decoder.inspect(input, context)).length, FRAMES)
  t.equal(workers.length, 2)
  t.same(
    workers.map(({ isGone }) => isGone),
    [true, false]
  )
})

t.test('blames the video for two crashes only if a worker decodes a known picture in between', { skip }, async (t) => {
  const isKnown = (task: Task) => task.kind !== 'about' && /known-picture/.test(task.input.path)
  for (const [signal, error] of [
    ['SIGKILL', { code: 'overloaded', retryable: true }],
    ['SIGSEGV', { code: 'corrupt_video', rememberSeconds: 300 }]
  ] as const) {
    const { workers, decoder } = makePool(t, {}, (worker) =>
      befall(worker, ({ pid }) => process.kill(pid!, signal), (task) => !isKnown(task))
    )
    await t.rejects(decoder.inspect(input, context), error, signal)
    t.equal(workers.length, 2)
  }
})

t.test('does not blame the video for a worker that never began its job', { skip }, async (t) => {
  const home = directory
  const launcher: Isolation = { ...NO_ISOLATION, wrapCommand: () => ['/bin/sh', '-c', 'kill -ABRT $$'] }
  const pool = createLibavPool({ size: 1, start: () => startLibavProcess({ home, isolation: launcher }) })
  t.teardown(() => pool.close())
  await t.rejects(createLibav(pool, new Set()).inspect(input, context), { code: 'overloaded', retryable: true })
})

t.test('a worker that cannot be started at the start is started when it is needed', { skip }, async (t) => {
  let starts = 0
  const pool = createLibavPool({
    size: 2,
    start: () => {
      if (starts++ === 0) throw Object.assign(new Error('spawn EAGAIN'), { code: 'EAGAIN' })
      return startLibavProcess({ home: directory, isolation: NO_ISOLATION })
    }
  })
  t.teardown(() => pool.close())
  await pool.warmUp((worker) => ask(worker, context))
  t.equal(starts, 2)
  const use = () => pool.withWorker(context.signal, (worker) => ask(worker, context))
  await Promise.all([use(), use()])
  t.equal(starts, 3, 'one was there, and one was missing')
})

t.test('a worker that cannot be started fails its job alone', { skip }, async (t) => {
  let starts = 0
  const start = () => {
    if (starts++ === 0) return { isGone: true, end: async () => {} } as unknown as LibavProcess
    throw Object.assign(new Error('spawn EMFILE'), { code: 'EMFILE' })
  }
  const poor = createLibavPool({ size: 1, start })
  await Promise.all([
    poor.withWorker(context.signal, async () => {}),
    t.rejects(poor.withWorker(context.signal, async () => {}), { code: 'EMFILE' }),
    t.rejects(poor.withWorker(context.signal, async () => {}), { code: 'EMFILE' }, 'the next in line is not forgotten'),
    t.rejects(createLibav(poor, new Set()).inspect(input, context), { code: 'overloaded' })
  ])
})

t.test('kills the worker of a cancelled request, and runs other jobs', { skip }, async (t) => {
  const controller = new AbortController()
  const reason = new Error('gone')
  const { workers, decoder } = makePool(t, {}, (worker) => befall(worker, () => controller.abort(reason)))
  await t.rejects(decoder.inspect(input, { ...context, signal: controller.signal }), reason)
  t.same(
    workers.map(({ isGone }) => isGone),
    [true]
  )
  t.notOk(await isAlive(workers[0]?.pid))
  t.equal((await decoder.inspect(input, context)).length, FRAMES)
  await t.rejects(
    decoder.inspect(input, { ...context, signal: controller.signal }),
    reason,
    'and nothing is begun for one that is gone'
  )
  t.equal(workers.length, 2)
})

t.test('kills a worker that exceeds the limits of its job', { skip }, async (t) => {
  const { pool, workers } = makePool(t)
  const task = {
    kind: 'inspect',
    filterName: 'abc',
    count: 0,
    input: { ...input, demuxer: 'mov', decoderName: undefined }
  } as const
  const options = { ...context, maxBytes: 1e6, onLine: () => {} }
  for (const limits of [
    { cpuSeconds: 0.01, memoryBytes: 2 ** 31 },
    { cpuSeconds: 100, memoryBytes: 2 ** 20 }
  ]) {
    await t.rejects(
      pool.withWorker(context.signal, async (worker) => {
        await ask(worker, context)
        // One job is over too soon to be looked at; it goes on until it is stopped.
        for (;;) await worker.run(task, { ...options, limits })
      }),
      WorkerLimitError
    )
  }
  t.same(
    workers.map(({ isGone }) => isGone),
    [true, true]
  )
})

t.test('replaces a worker after its last job, after a failure, and if it has grown', { skip }, async (t) => {
  const reasons: string[] = []
  const onEnd = (reason: string) => {
    reasons.push(reason)
  }
  const old = makePool(t, { maxJobs: 2, onEnd })
  for (let job = 0; job < 5; job++) await old.decoder.inspect(input, context, 1)
  t.same(
    old.workers.map(({ jobs }) => jobs),
    [2, 2, 1]
  )

  const fat = makePool(t, { maxIdleBytes: 1, onEnd })
  for (let job = 0; job < 2; job++) await fat.decoder.inspect(input, context, 1)
  t.same(
    fat.workers.map(({ jobs }) => jobs),
    [1, 1]
  )

  const tainted = makePool(t, { onEnd })
  await t.rejects(tainted.decoder.list({ ...input, path: `${directory}/nothing.mp4` }, context), {
    code: 'corrupt_video'
  })
  await tainted.decoder.inspect(input, context, 1)
  t.same(
    tainted.workers.map(({ isGone }) => isGone),
    [true, false]
  )
  t.same(reasons, ['retired', 'retired', 'retired', 'retired', 'tainted'], 'and reports why')
})

t.test('never exceeds the number of workers; other jobs wait or are cancelled', { skip }, async (t) => {
  const { pool, workers } = makePool(t, { size: 1 })
  const order: string[] = []
  const controller = new AbortController()
  const first = Promise.withResolvers<void>()
  const running = pool.withWorker(context.signal, async () => {
    await first.promise
    order.push('first')
  })
  const leaving = pool.withWorker(controller.signal, async () => {
    order.push('never')
  })
  const second = pool.withWorker(context.signal, async () => {
    order.push('second')
  })
  t.ok(pool.isBusy)
  controller.abort(new Error('gone'))
  await t.rejects(leaving, { message: 'gone' })
  first.resolve()
  await Promise.all([running, second])
  t.same(order, ['first', 'second'])
  t.equal(workers.length, 1)
  t.notOk(pool.isBusy)
})

t.test('starts all workers in advance if configured', { skip }, async (t) => {
  const { pool, workers } = makePool(t, { size: 2 })
  await pool.warmUp((worker) => ask(worker, context))
  t.same(
    workers.map(({ jobs, isGone }) => [jobs, isGone]),
    [
      [1, false],
      [1, false]
    ]
  )
  await pool.withWorker(context.signal, async (worker) => {
    t.ok(workers.includes(worker))
  })
})

t.test('leaves nothing behind', { skip }, async (t) => {
  const { pool, workers, decoder } = makePool(t, { size: 2 })
  await pool.warmUp((worker) => ask(worker, context))
  const lost = decoder.inspect(input, context).catch((error: unknown) => error)
  await pool.close()
  t.ok((await lost) instanceof Error)
  t.same(
    await Promise.all(workers.map(({ pid }) => isAlive(pid))),
    workers.map(() => false)
  )
  await t.rejects(decoder.inspect(input, context), /closed/, 'and starts no more')
})
