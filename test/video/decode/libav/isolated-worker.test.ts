import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { findIsolation } from '../../../../src/sandbox/find-isolation.ts'
import { createLibavPool } from '../../../../src/video/decode/libav/libav-pool.ts'
import {
  type LibavProcess,
  startLibavProcess,
  WorkerLimitError
} from '../../../../src/video/decode/libav/libav-process.ts'
import { createLibav } from '../../../../src/video/decode/libav/libav.ts'
import { NO_BUBBLEWRAP } from '../../../support/bubblewrap.ts'
import { NO_LIBAV } from '../../../support/test-decoder.ts'
import { ffmpeg, H264, makeBarcodeVideo } from '../../../support/videos.ts'
import type { DecoderInput } from '../../../../src/video/decode/decode-plan.ts'

const skip = NO_LIBAV || NO_BUBBLEWRAP
const signal = () => AbortSignal.timeout(60_000)
const directory = t.testdir({ home: {}, request: {}, elsewhere: {} })
const home = join(directory, 'home')
const workers: LibavProcess[] = []
const isolation =
  skip === false
    ? await findIsolation({ level: 'strict', searchPath: process.env['PATH'] ?? '' }, { directory, signal: signal() })
    : undefined

function makePool () {
  if (isolation === undefined) throw new Error('no isolation')
  const start = () => {
    const worker = startLibavProcess({ home, isolation })
    workers.push(worker)
    return worker
  }
  const pool = createLibavPool({ size: 1, start })
  t.teardown(() => pool.close())
  return pool
}

const FRAMES = 50
const toJobInput = (path: string): DecoderInput => ({
  path,
  container: { demuxer: 'mov' },
  isProbed: true,
  threads: 1,
  maxPixels: 36e6,
  bytes: 1e6
})

for (const place of ['request', 'elsewhere']) {
  t.test(`a worker in bubblewrap sees a video of ${place} during its job only`, { skip }, async (t) => {
    const path = await makeBarcodeVideo(join(directory, place), `${place}.mp4`, {
      seconds: 2,
      framesPerSecond: 25,
      args: H264
    })
    const decoder = createLibav(makePool(), new Set())
    const context = { signal: signal(), directory: join(directory, 'request') }
    t.equal((await decoder.list(toJobInput(path), context)).chosen.packets.length, FRAMES)
    t.equal((await decoder.inspect(toJobInput(path), context)).length, FRAMES)
    t.same(await readdir(home), [])
  })
}

t.test('a worker sees no file except those of its job', { skip }, async (t) => {
  const hidden = await makeBarcodeVideo(join(directory, 'elsewhere'), 'hidden.mp4', {
    seconds: 2,
    framesPerSecond: 25,
    args: H264
  })
  const worker = startLibavProcess({ home, isolation: isolation as NonNullable<typeof isolation> })
  t.teardown(() => worker.end())
  const request = join(directory, 'request-of-nobody')
  await mkdir(request)
  const shown = await makeBarcodeVideo(join(directory, 'elsewhere'), 'shown.mp4', {
    seconds: 2,
    framesPerSecond: 25,
    args: H264
  })
  // A name that leads out of what it is shown: the one file that it may open is chosen by the service, so a filter
  // asks.
  const task = {
    kind: 'decode' as const,
    input: { path: shown, demuxer: 'mov', isProbed: true, decoderName: undefined, threads: 1, maxPixels: 36e6 },
    seekSeconds: null,
    keyFramesOnly: false,
    branches: [
      {
        filterName: 'x',
        pts: [0],
        filters: `null[a];movie=filename=${hidden.replaceAll('/', '\\\\/')}[b];[a][b]hstack,format=rgb24`
      }
    ]
  }
  const lines: string[] = []
  const { head } = await worker.run(task, {
    signal: signal(),
    directory: request,
    limits: { cpuSeconds: 20, memoryBytes: 2 ** 31 },
    maxBytes: 10e6,
    onLine: (line) => lines.push(line)
  })
  t.equal(head.kind, 'failure')
  t.match(lines.join('\n'), /No such file or directory|Failed to avformat_open_input/)
})

t.test('reports the usage of the sandboxed process, whose limits apply', { skip }, async (t) => {
  const worker = startLibavProcess({ home, isolation: isolation as NonNullable<typeof isolation> })
  t.teardown(() => worker.end())
  const about = { kind: 'about', filters: [], decoders: [] } as const
  await worker.run(about, {
    signal: signal(),
    directory: join(directory, 'request'),
    limits: { cpuSeconds: 20, memoryBytes: 2 ** 31 },
    maxBytes: 10e6,
    onLine: () => {}
  })
  t.ok((worker.use?.memoryBytes ?? 0) > 30e6, `${worker.use?.memoryBytes} bytes`)
  const elsewhere = join(directory, 'elsewhere')
  await makeBarcodeVideo(elsewhere, 'short.mp4', { seconds: 40, framesPerSecond: 25, args: H264 })
  // Reading it takes several times as long as the watch waits between two looks.
  await ffmpeg(elsewhere, '-stream_loop', '50', '-i', 'short.mp4', '-c', 'copy', 'long.mp4')
  const path = join(elsewhere, 'long.mp4')
  const inspect = {
    kind: 'inspect',
    input: { path, demuxer: 'mov', isProbed: true, decoderName: undefined, threads: 1, maxPixels: 36e6 },
    filterName: 'x',
    count: 0
  } as const
  await t.rejects(
    worker.run(inspect, {
      signal: signal(),
      directory: join(directory, 'request'),
      limits: { cpuSeconds: 20, memoryBytes: 1e6 },
      maxBytes: 10e6,
      onLine: () => {}
    }),
    WorkerLimitError
  )
})
