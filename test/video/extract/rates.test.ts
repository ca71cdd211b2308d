import { existsSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { Packet } from '../../../src/video/media/time.ts'
import { averageGap } from '../../../src/video/demux/index-summary.ts'
import { withoutSecondFields } from '../../../src/video/extract/field-pairs.ts'
import { makeBothDecoders } from '../../support/both-decoders.ts'
import { makeFrameInfo } from '../../support/frame-info.ts'
import { buildUseCases } from '../../support/several-frames.ts'
import { ffmpeg } from '../../support/videos.ts'

t.setTimeout(240_000)
const videos = t.testdir()
const signal = new AbortController().signal
const decoders = await makeBothDecoders()
const FIELDS = '../shared/faults/kwiver-aphill_short.ts'
const noFields = existsSync(FIELDS) ? false : 'there is no field-coded video in ../shared'

const VIDEO = ['-f', 'lavfi', '-i', 'testsrc2=s=320x180:r=25:d=2']
const SOUND = ['-f', 'lavfi', '-i', 'sine=d=6']
const KINDS: Array<[name: string, args: readonly string[]]> = [
  ['long-sound.mp4', ['-c:v', 'libx264', '-g', '25', '-bf', '2', '-sc_threshold', '0']],
  ['long-sound.ts', ['-c:v', 'libx264', '-g', '25', '-bf', '2', '-sc_threshold', '0']],
  ['long-sound.avi', ['-c:v', 'mpeg4', '-g', '25', '-bf', '2', '-sc_threshold', '1000000000']],
  ['long-sound.flv', ['-c:v', 'libx264', '-g', '25', '-sc_threshold', '0', '-ar', '44100']]
]

for (const [name, args] of KINDS) {
  const made = ffmpeg(videos, ...VIDEO, ...SOUND, '-pix_fmt', 'yuv420p', ...args, name)
  for (const { name: decoderName, decoder, skip } of decoders) {
    t.test(`${decoderName} measures the rates of the video, not of its longer sound: ${name}`, { skip }, async (t) => {
      await made
      const useCases = await buildUseCases(t, decoder)
      const source = await useCases.putVideo(join(videos, name), name)
      const { video } = await useCases.describeSource(source, { signal, isKnown: () => false })
      t.match(video, { frameRate: 25, keyFrameInterval: 1 })
      t.ok((video?.duration ?? 0) > 5.9)
    })
  }
}

for (const container of ['ts', 'mp4']) {
  for (const { name: decoderName, decoder, skip } of decoders) {
    t.test(`${decoderName} counts frames, not fields: ${container}`, { skip: noFields || skip }, async (t) => {
      const path = join(videos, `${decoderName}-fields.${container}`)
      await ffmpeg('.', '-i', FIELDS, '-map', '0:v', '-c', 'copy', path)
      const useCases = await buildUseCases(t, decoder)
      const source = await useCases.putVideo(path, `fields.${container}`)
      const { video } = await useCases.describeSource(source, { signal, isKnown: () => false })
      t.match(video, { frameRate: 29.97, keyFrameInterval: 0.533867 })
    })
  }
}

t.test('averages the gaps between frames', async (t) => {
  const gaps = (...ticks: number[]) => averageGap(ticks.map((one) => ({ count: 1, ticks: one })))
  t.equal(averageGap([{ count: 20, ticks: 33 }, { count: 40, ticks: 34 }]), 2020 / 60, 'of a clock that rounds')
  t.equal(averageGap([{ count: 48, ticks: 40 }, { count: 1, ticks: 80 }]), 40, 'with a frame left out')
  t.equal(averageGap([{ count: 48, ticks: 40 }, { count: 1, ticks: 4000 }]), 5920 / 49, 'with a long pause')
  t.equal(gaps(10, 40, 90, 20), 40, 'of a variable rate')
  t.equal(gaps(0, 40), 40, 'without repeats')
  t.ok(Number.isNaN(gaps()), 'of a single frame')
})

t.test('drops the packets of second fields', async (t) => {
  const packets = (...times: number[]): Packet[] =>
    times.map((pts) => ({ pts, durationTicks: 0, isKey: false, isShown: true }))
  const decoded = [0, 100, 200, 300].map((pts) => makeFrameInfo({ pts }))
  const kept = (...times: number[]) => withoutSecondFields(packets(...times), decoded).map(({ pts }) => pts)
  t.same(kept(0, 50, 300, 350, 100, 150, 200, 250), [0, 300, 100, 200])
  t.same(kept(0, 300, 350, 100, 200), [0, 300, 100, 200], 'beside pictures of two fields')
  t.same(kept(0, 300, 100, 200), [0, 300, 100, 200], 'of a stream of frames')
  t.same(withoutSecondFields(packets(0, 50), []).length, 2, 'if nothing is decoded')
})
