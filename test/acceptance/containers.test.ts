import { copyFileSync, existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { NO_LIBAV } from '../support/test-decoder.ts'
import { startPosterframe } from './posterframe.ts'

/** Videos beside the checkout that were refused, or described wrongly; the tests skip themselves if there are none. */
const FAULTS = '../shared/faults'
const FACTS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'junkhead.ts': { container: 'mpegts', frameRate: 25 },
  'ts204made.ts': { container: 'mpegts', frameRate: 25 },
  'ts-midpacket.ts': { container: 'mpegts', duration: 6 },
  'ts-id3.ts': { container: 'mpegts', duration: 6 },
  'first-udta.mp4': { container: 'mp4', frameRate: 25 },
  'first-junk.mp4': { container: 'mp4', frameRate: 25 },
  'rsmpeg-centaur.mpg': { container: 'mpegvideo', codec: 'mpeg1video', frameRate: 29.97 },
  'jcodec-frame0123.m4v': { container: 'mpeg4video', codec: 'mpeg4', frameRate: 25, duration: 0.16 },
  'small.mxf': { container: 'mxf', codec: 'mpeg2video', frameRate: 25, duration: 1 },
  'file-type-fixture.mxf': { container: 'mxf', codec: 'mpeg2video', frameRate: 25 },
  'longaudio.ts': { frameRate: 25, keyFrameInterval: 2 },
  // Five key frames in two seconds.
  'longaudio.avi': { frameRate: 25, keyFrameInterval: 0.4 },
  'kwiver-aphill_short.ts': { frameRate: 29.97, keyFrameInterval: 0.533867 }
}
const files = Object.keys(FACTS).filter((file) => existsSync(join(FAULTS, file)))
const noFaults = files.length === 0 && `needs the videos in ${FAULTS}`
t.setTimeout(600_000)

for (const [decoder, noDecoder] of [['ffmpeg', false], ['libav', NO_LIBAV]] as const) {
  t.test(`${decoder} reads the containers that were refused`, { skip: noFaults || noDecoder }, async (t) => {
    const directory = t.testdir()
    mkdirSync(join(directory, 'data/videos'), { recursive: true })
    for (const file of files) copyFileSync(join(FAULTS, file), join(directory, 'data/videos', file))
    const service = await startPosterframe(t, { POSTERFRAME_DECODER: decoder }, directory)
    for (const file of files) {
      const { status, body } = await service.call(`/v1/videos?key=${file}`)
      t.equal(status, 200, file)
      t.match(body, FACTS[file]!, file)
      for (const timestamp of ['first', '50%', 'last', 'frame:1']) {
        t.equal((await service.makeFromKey(file, { timestamp })).status, 201, `${file}: ${timestamp}`)
      }
      t.match(await service.makeFromKey(file, { timestamp: 'frame:100000' }), {
        status: 422,
        body: { code: 'timestamp_out_of_range' }
      })
    }
  })
}
