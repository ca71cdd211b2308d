import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import t from 'tap'
import { openMatroskaIndex } from '../../../../src/video/demux/matroska/matroska-index.ts'
import { createMatroskaWorkers } from '../../../../src/video/demux/matroska/matroska-workers.ts'
import { cluster, element, matroska, number, videoTrack } from './ebml-writer.ts'
import { CountingSource } from './listed-video.ts'
import { RangedExtractionError } from '../../../../src/video/media/ranged-extraction-error.ts'

const CUES = 0x1c53bb6b

t.test('ends a thread that takes too much memory', async (t) => {
  const workers = createMatroskaWorkers({ maxHeapMegabytes: 16, timeoutMs: 120_000 })
  t.teardown(() => workers.close())
  const source = new CountingSource(writeVideo(writeCues(600_000)))
  await t.rejects(openMatroskaIndex(source, 'webm', { workers }), {
    name: 'PosterframeError',
    code: 'video_limits_exceeded'
  })
  const plain = await openMatroskaIndex(new CountingSource(writeVideo()), 'webm', { workers })
  t.equal(
    (await plain.readPacketRange(new CountingSource(writeVideo()), 0, 'exact')).packets.length,
    1,
    'and the next goes well'
  )
})

t.test('ends a thread that computes for too long', async (t) => {
  const workers = createMatroskaWorkers({ timeoutMs: 300 })
  t.teardown(() => workers.close())
  const source = new CountingSource(writeVideo(Buffer.alloc(6 * 1024 * 1024, cluster(0))))
  await t.rejects(
    openMatroskaIndex(source, 'webm', { workers }),
    new RangedExtractionError('reading the container takes too long')
  )
})

t.test('runs jobs at the same time, each for itself', async (t) => {
  const workers = createMatroskaWorkers({ maxIdle: 1 })
  t.teardown(() => workers.close())
  const source = new CountingSource(writeVideo())
  const indexes = await Promise.all([1, 2, 3].map(() => openMatroskaIndex(source, 'webm', { workers })))
  t.same(
    indexes.map(({ info }) => info.codec),
    ['vp8', 'vp8', 'vp8']
  )
})

t.test('an idle thread keeps no process alive', async (t) => {
  const script = `
    const { createMatroskaWorkers } = await import('./src/video/demux/matroska/matroska-workers.ts')
    const read = async () => Buffer.from('${writeVideo().toString('hex')}', 'hex')
    const job = { bytes: ${writeVideo().length}, ticksPerSecond: 1000, track: 1, codec: 'vp8', codecConfig: Buffer.alloc(0), task: { kind: 'ends', tracks: [1] } }
    const bytes = await read()
    const answer = await createMatroskaWorkers().run(job, { size: bytes.length, read: async (start, end) => bytes.subarray(start, end) })
    console.log(answer.kind)`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    timeout: 60_000
  })
  t.equal(stdout.trim(), 'ends')
})

function writeVideo (more: Buffer = Buffer.alloc(0)): Buffer {
  return matroska(element(0x1549a966, number(0x2ad7b1, 1_000_000)), element(0x1654ae6b, videoTrack()), more, cluster(0))
}

/** An index of many moments, each as short as it can be said. */
function writeCues (count: number): Buffer {
  const cue = Buffer.from('bb 8e b3 84 00000000 b7 86 f7 81 01 f1 81 00'.replaceAll(' ', ''), 'hex')
  const cues = Buffer.alloc(count * cue.length, cue)
  for (let place = 0; place < count; place++) cues.writeUInt32BE(place, place * cue.length + 4)
  return element(CUES, cues)
}
