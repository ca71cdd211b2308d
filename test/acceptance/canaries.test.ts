import { existsSync, readFileSync } from 'node:fs'
import { mkdir, readFile, stat, utimes, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { makeTraps, type Trap } from '../support/traps.ts'
import { ffmpeg, H264, makeBarcodeVideo } from '../support/videos.ts'
import { NO_LIBAV } from '../support/test-decoder.ts'
import { type CheckedResponse, type Posterframe, startPosterframe, UNISOLATED } from './posterframe.ts'

const CORPUS = '../shared/media'
/** The port in the URLs of the corpus' traps. */
const CORPUS_PORT = 18_765
t.setTimeout(900_000)

const directory = t.testdir({ bait: {} })
const bait = join(directory, 'bait', 'bait.mp4')
const honest = await makeBarcodeVideo(directory, 'honest.mp4', {
  seconds: 2,
  framesPerSecond: 25,
  args: [...H264, '-movflags', '+faststart']
})
await ffmpeg(directory, '-f', 'lavfi', '-i', 'color=magenta:size=320x180:duration=2', ...H264, bait)

const calls: string[] = []
async function listen (port: number): Promise<number> {
  const server = createServer((socket) => {
    calls.push(`port ${port}`)
    socket.on('error', () => {}).end('HTTP/1.0 404 Not Found\r\n\r\n')
  })
  await once(server.listen(port, '127.0.0.1'), 'listening')
  t.teardown(() => server.close())
  return (server.address() as AddressInfo).port
}
const url = `http://127.0.0.1:${await listen(0)}`

const LONG_AGO = new Date('2001-01-01T00:00:00Z')
/** True if the file system records access times, as it does for the first read after a write unless mounted noatime. */
const recordsReads = await (async () => {
  const path = join(directory, 'accessed')
  await writeFile(path, 'x')
  await utimes(path, LONG_AGO, new Date())
  await readFile(path)
  return (await stat(path)).atimeMs !== LONG_AGO.getTime()
})()
const arm = () => utimes(bait, LONG_AGO, new Date())
const isUntouched = async () => (await stat(bait)).atimeMs === LONG_AGO.getTime()

const SERVICES: Array<[name: string, env: Record<string, string>, skip: string | false]> = [
  ['isolated if the machine supports it', {}, false],
  ['not isolated', UNISOLATED, false],
  ['with libav, not isolated', { ...UNISOLATED, POSTERFRAME_DECODER: 'libav' }, NO_LIBAV]
]

for (const [name, env, skip] of SERVICES) {
  t.test(`fetches nothing and reads no other file: ${name}`, { skip }, async (t) => {
    const service = await startPosterframe(t, env)
    await arm()
    for (const trap of makeTraps({ path: bait, url }, readFileSync(honest))) await spring(t, service, trap)
    await judgeCanaries(t, service)
  })
}

t.test(
  'fetches nothing and reads no other file: traps of the corpus',
  { skip: existsSync(CORPUS) ? false : `needs the corpus in ${CORPUS}` },
  async (t) => {
    await listen(CORPUS_PORT)
    const entries = JSON.parse(readFileSync(join(CORPUS, 'manifest.json'), 'utf8')) as Array<{
      file: string
      upload_name: string
      expectation: string
      also_acceptable: readonly string[]
    }>
    const traps = entries.filter(
      ({ expectation, file }) =>
        expectation === 'error:forbidden_reference' || /svg|mpd|concat|hls|sdp|dref|gab2|polyglot|notes/.test(file)
    )
    t.ok(traps.length >= 15, `${traps.length} traps`)
    const service = await startPosterframe(t, UNISOLATED)
    await arm()
    for (const { file, upload_name: name, expectation, also_acceptable: outcomes } of traps) {
      await spring(
        t,
        service,
        { name, bytes: readFileSync(join(CORPUS, file)) },
        [expectation, ...outcomes].includes('ok')
      )
    }
    await judgeCanaries(t, service)
  }
)

/** Sends a trap as an upload and by key, under its own name and as an MP4. */
async function spring (
  t: Test,
  service: Posterframe,
  { name, bytes }: Trap,
  isMaybeVideo = bytes.includes('avc1')
): Promise<void> {
  for (const [index, timestamp] of ['0.5', 'auto'].entries()) {
    judge(
      t,
      `${name}, upload, ${timestamp}`,
      await service.makeFromUpload(new Blob([bytes]), index === 0 ? name : 'video.mp4', `?timestamp=${timestamp}`),
      isMaybeVideo
    )
    const key = `${index}/${index === 0 ? name : 'video.mp4'}`
    await mkdir(join(service.directory, 'data/videos', String(index)), { recursive: true })
    await writeFile(join(service.directory, 'data/videos', key), bytes)
    judge(t, `${name}, key, ${timestamp}`, await service.makeFromKey(key, { timestamp }), isMaybeVideo)
  }
}

/** A trap that is also a video may give a thumbnail of its own frames. The bait proves that it shows no other. */
function judge (t: Test, name: string, { status, body }: CheckedResponse, isMaybeVideo: boolean): void {
  const isRight = status < 300 ? isMaybeVideo : status >= 400 && status < 500
  if (!isRight) t.fail(`${name}: ${status} ${JSON.stringify(body)}`)
}

async function judgeCanaries (t: Test, service: Posterframe): Promise<void> {
  t.same(calls, [], 'no address was called')
  if (recordsReads) t.ok(await isUntouched(), 'the bait was not read')
  else t.comment('the file system does not record access times')
  t.same(await service.listScratch(), [])
  t.notMatch(service.output(), bait, 'the log does not name the bait')
}
