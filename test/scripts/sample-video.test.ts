import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import t from 'tap'
import { findFfmpeg } from '../../scripts/ffmpeg.mjs'
import { listFirstRequests } from '../../scripts/first-requests.mjs'
import { NO_LIBAV } from '../support/test-decoder.ts'
import { ensureSampleVideo, locateSampleVideo } from '../../scripts/sample-video.mjs'

t.test('puts the sample video into the first source bucket of the local store', async (t) => {
  const cases: Array<[NodeJS.ProcessEnv, string | undefined]> = [
    [{}, '/app/data/videos/sample.mp4'],
    [{ POSTERFRAME_LOCAL_DIR: '/srv/pictures' }, '/srv/pictures/videos/sample.mp4'],
    [{ POSTERFRAME_SOURCE_BUCKETS: 'raw, other', POSTERFRAME_STORE: 'local' }, '/app/data/raw/sample.mp4'],
    [{ POSTERFRAME_SOURCE_BUCKETS: 'raw' }, undefined],
    [{ POSTERFRAME_OUTPUT_BUCKET: 'pictures' }, undefined],
    [{ POSTERFRAME_OUTPUT_BUCKET: 'pictures', POSTERFRAME_STORE: 'local' }, '/app/data/videos/sample.mp4'],
    [{ POSTERFRAME_STORE: 's3' }, undefined]
  ]
  for (const [env, path] of cases) t.equal(locateSampleVideo(env, '/app')?.path, path, JSON.stringify(env))
})

t.test('the first requests use the URL of the service', async (t) => {
  const sample = { bucket: 'videos', key: 'sample.mp4', path: '/app/data/videos/sample.mp4' }
  for (const base of ['http://127.0.0.1:3000', 'https://thumbnails.example.com']) {
    const urls = listFirstRequests(base, sample).flatMap((line) => /'(http[^?']*)/.exec(line)?.[1] ?? [])
    t.same(urls, Array(3).fill(`${base}/v1/thumbnails`))
  }
})

t.test('the first requests have the header of the credentials that the service requires', async (t) => {
  const sample = { bucket: 'videos', key: 'sample.mp4', path: '/app/data/videos/sample.mp4' }
  const headersOf = (auth?: string) =>
    listFirstRequests('http://127.0.0.1:3000', sample, auth)
      .slice(1)
      .map((line) => /-H '((?:x-api-key|authorization): [^']*)'/.exec(line)?.[1])
  t.same(headersOf(), Array(3).fill(undefined))
  for (const auth of ['', 'none', ' none ']) t.same(headersOf(auth), Array(3).fill(undefined), auth)
  for (const auth of ['api-key', 'jwt, api-key']) t.same(headersOf(auth), Array(3).fill('x-api-key: YOUR_KEY'), auth)
  t.same(headersOf('jwt'), Array(3).fill('authorization: Bearer YOUR_TOKEN'))
})

const ffmpeg = findFfmpeg('.', process.env) ?? ''

t.test(
  'encodes a video with its index first and its timestamps visible',
  { skip: ffmpeg === '' && 'needs ffmpeg' },
  async (t) => {
    const directory = t.testdir({})
    const path = `${directory}/videos/sample.mp4`
    t.capture(process.stderr, 'write')
    t.equal(await ensureSampleVideo(ffmpeg, path), true)

    const bytes = readFileSync(path)
    t.ok(bytes.indexOf('moov') < bytes.indexOf('mdat'), 'faststart')
    t.same(readdirSync(directory), ['videos'], 'leaves no draft')
    const first = measurePoint(ffmpeg, path)
    t.ok(first > 200, `the decimal point of the clock is white (${first})`)

    const { mtimeMs } = statSync(path)
    await ensureSampleVideo(ffmpeg, path)
    t.equal(statSync(path).mtimeMs, mtimeMs, 'an existing video is not changed')
  }
)

t.test('reports an ffmpeg that cannot encode a video, and leaves no file', async (t) => {
  const directory = t.testdir({})
  const printed = t.capture(process.stderr, 'write')
  t.equal(await ensureSampleVideo('/bin/false', `${directory}/videos/sample.mp4`), false)
  t.match(
    printed().map(({ args }) => args[0]),
    [/making a sample video/, /could not encode one/]
  )
  t.equal(existsSync(`${directory}/videos/sample.mp4`), false)
  t.same(readdirSync(directory), ['videos'])
})

/** Returns the mean grey of the clock's decimal point at 12.48 s. */
function measurePoint (ffmpeg: string, path: string): number {
  const grey = execFileSync(ffmpeg, [
    '-v',
    'error',
    '-ss',
    '12.48',
    '-i',
    path,
    '-frames:v',
    '1',
    '-vf',
    'crop=12:12:886:442,format=gray',
    '-f',
    'rawvideo',
    'pipe:1'
  ])
  return grey.reduce((sum, value) => sum + value, 0) / grey.length
}

t.test("encodes it with FFmpeg's libraries if there is no ffmpeg", { skip: NO_LIBAV }, async (t) => {
  const directory = t.testdir({})
  const path = `${directory}/videos/sample.mp4`
  t.capture(process.stderr, 'write')
  t.equal(await ensureSampleVideo(undefined, path), true)
  const bytes = readFileSync(path)
  t.ok(bytes.indexOf('moov') < bytes.indexOf('mdat'), 'faststart')
  t.ok(bytes.length < 1_000_000, 'it has few key frames')
  t.same(readdirSync(directory), ['videos'], 'leaves no draft')
})
