import { stat } from 'node:fs/promises'
import t from 'tap'
import { completeOptions } from '../../../src/options/thumbnail-options.ts'
import { buildUseCases } from '../../support/several-frames.ts'
import { makeTestDecoder } from '../../support/test-decoder.ts'
import { ffmpeg, H264 } from '../../support/videos.ts'

const decoder = await makeTestDecoder()
const videos = t.testdir()
const signal = new AbortController().signal
await ffmpeg(
  videos,
  '-f',
  'lavfi',
  '-i',
  'testsrc2=s=320x192:r=30000/1001:d=10',
  '-f',
  'lavfi',
  '-i',
  'sine=r=44100:d=10',
  '-vf',
  'format=yuv420p',
  ...H264,
  '-sc_threshold',
  '0',
  '-c:a',
  'aac',
  '-ac',
  '2',
  '-metadata:s:a',
  'language=deu',
  '-movflags',
  '+faststart',
  'a.mp4'
)
const copies = {
  'turned.mp4': ['-metadata:s:v', 'rotate=90'],
  'fragmented.mp4': ['-movflags', '+frag_keyframe+empty_moov'],
  'a.mkv': [],
  'a.ts': []
}
for (const [name, args] of Object.entries(copies)) await ffmpeg(videos, '-i', 'a.mp4', '-c', 'copy', ...args, name)

const isKnown = () => false

for (const [name, expected] of Object.entries({
  'a.mp4': {
    container: 'mp4',
    mode: 'index',
    frameRate: 29.97,
    keyFrameInterval: 0.8,
    language: 'deu',
    width: 320,
    height: 192,
    rotation: 0,
    hdr: false
  },
  'turned.mp4': {
    container: 'mp4',
    mode: 'index',
    frameRate: 29.97,
    keyFrameInterval: 0.8,
    language: 'deu',
    width: 192,
    height: 320,
    rotation: 270,
    hdr: false
  },
  'fragmented.mp4': {
    container: 'mp4',
    mode: 'index',
    frameRate: 29.97,
    keyFrameInterval: null,
    language: 'deu',
    width: 320,
    height: 192,
    rotation: 0,
    hdr: false
  },
  'a.mkv': {
    container: 'matroska',
    mode: 'index',
    frameRate: 29.97,
    keyFrameInterval: null,
    language: 'ger',
    width: 320,
    height: 192,
    rotation: 0,
    hdr: false
  },
  'a.ts': {
    container: 'mpegts',
    mode: 'full',
    frameRate: 29.97,
    keyFrameInterval: 0.8,
    language: null,
    width: 320,
    height: 192,
    rotation: 0,
    hdr: false
  }
})) {
  t.test(`describes a video: ${name}`, async (t) => {
    const useCases = await buildUseCases(t, decoder)
    const source = await useCases.putVideo(`${videos}/${name}`, name)
    const { etag, video } = await useCases.describeSource(source, { signal, isKnown })
    const { mode, language, keyFrameInterval, frameRate, ...info } = expected
    t.match(video, { bucket: 'videos', key: name, etag, codec: 'h264', ...info, work: { mode } })
    t.ok(Math.abs((video?.duration ?? 0) - 10) < 0.1, `${video?.duration} s`)
    t.ok(Math.abs((video?.frameRate ?? 0) - frameRate) < 0.4, `${video?.frameRate}`)
    if (keyFrameInterval === null) t.equal(video?.keyFrameInterval, null)
    else t.ok(Math.abs((video?.keyFrameInterval ?? 0) - keyFrameInterval) < 0.05, `${video?.keyFrameInterval}`)
    const [picture, sound] = video?.tracks ?? []
    t.match(picture, { kind: 'video', codec: 'h264', width: 320, height: 192 })
    t.match(sound, { kind: 'audio', codec: 'aac', ...(mode === 'index' ? { sampleRate: 44_100, channels: 2 } : {}) })
    if (language !== null) t.ok(['deu', 'ger'].includes(sound?.language ?? ''), sound?.language ?? 'none')
    t.equal(useCases.runs.decode, 0)
    t.equal(useCases.runs.list, mode === 'index' ? 0 : 1)
    const { thumbnail } = await useCases.makeThumbnail(
      { source, options: completeOptions({ timestamp: 'first' }) },
      { signal }
    )
    const { bytes, duration, container, codec, width, height, rotation, hdr } = video ?? {}
    t.same(
      thumbnail.source,
      { bucket: 'videos', key: name, etag, bytes, duration, container, codec, width, height, rotation, hdr },
      'as in the response for a thumbnail'
    )
  })
}

t.test('reads the index once, and nothing of a version that the caller knows', async (t) => {
  const useCases = await buildUseCases(t, decoder)
  const source = await useCases.putVideo(`${videos}/a.mp4`, 'a.mp4')
  const first = await useCases.describeSource(source, { signal, isKnown })
  t.ok((first.video?.work.bytesRead ?? 0) <= 256 * 1024)
  const second = await useCases.describeSource(source, { signal, isKnown })
  t.same(second.video?.work, { mode: 'index', bytesRead: 0, requests: 1 })
  t.same({ ...second.video, work: 0 }, { ...first.video, work: 0 })
  const third = await useCases.describeSource(source, { signal, isKnown: (etag) => etag === first.etag })
  t.same([third.etag, third.video], [first.etag, undefined])
})

t.test('an upload has no bucket and no key', async (t) => {
  const useCases = await buildUseCases(t, decoder)
  const path = `${videos}/a.mp4`
  const { video } = await useCases.describeSource(
    { kind: 'upload', path, bytes: (await stat(path)).size, sha256: 'e'.repeat(64) },
    { signal, isKnown }
  )
  t.match(video, { bucket: null, key: null, etag: 'e'.repeat(64), codec: 'h264', work: { mode: 'index', requests: 0 } })
})

t.test('rejects a file without video, and remembers the failure', async (t) => {
  const useCases = await buildUseCases(t, decoder)
  await ffmpeg(videos, '-i', 'a.mp4', '-vn', '-c', 'copy', 'sound.m4a')
  const source = await useCases.putVideo(`${videos}/sound.m4a`, 'sound.m4a')
  for (let time = 0; time < 2; time++) {
    await t.rejects(useCases.describeSource(source, { signal, isKnown }), { code: 'no_video_track' })
  }
  t.equal(useCases.store.calls.filter((call) => call.startsWith('get videos')).length, 1)
})
