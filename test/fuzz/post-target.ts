import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'yaml'
import { compose } from '../../src/compose.ts'
import { loadConfig } from '../../src/config/config.ts'
import { buildApp } from '../../src/http/app.ts'
import { printOpenapi } from '../../src/http/routes/openapi-pages.ts'
import type { App } from '../../src/http/services.ts'
import { hasLibav } from '../../src/video/decode/libav/libav-binding.ts'
import { fakeSettings } from '../support/fake-services.ts'
import { buildForm, FORM_TYPE } from '../support/multipart-body.ts'
import { type OpenapiDocument, validateResponse } from '../support/openapi-contract.ts'
import { findTestFfmpeg } from '../support/videos.ts'
import { mutateBoxes } from './mutate-boxes.ts'
import { mutateBytes } from './mutate-bytes.ts'
import { loadVideos } from './real-seeds.ts'
import { below, type FuzzTarget, pick, type Random, Violation } from './target.ts'

const KEY = 'mutated.mp4'
const TIMESTAMPS = ['first', 'middle', 'last', 'auto', '0', '50%', '1.5']
/** Routes that make something of a stored video, with their bodies. */
const BY_KEY: ReadonlyArray<(random: Random) => readonly [url: string, payload: object]> = [
  (random) => [
    '/v1/thumbnails',
    { key: KEY, timestamp: pick(random, TIMESTAMPS), seek: pick(random, ['exact', 'keyframe']) }
  ],
  () => ['/v1/storyboards', { key: KEY }],
  () => ['/v1/previews', { key: KEY, duration: 1 }],
  () => ['/v1/thumbnails/batch', { key: KEY, items: [{ timestamp: 'first' }, { timestamp: 'last', width: 64 }] }]
]

/**
 * Creates a target for whole requests: mutated real files go through the service with its real decoders. Every response
 * is one of the OpenAPI document and no 5xx, and nothing stays on scratch.
 */
export async function createPostTarget (): Promise<FuzzTarget> {
  const seeds = await loadVideos()
  const directory = await mkdtemp(join(tmpdir(), 'posterframe-fuzz-'))
  const decoders = hasLibav() ? ['ffmpeg', 'libav'] : ['ffmpeg']
  const services = await Promise.all(decoders.map((decoder) => startService(join(directory, decoder), decoder)))
  const document = parse(printOpenapi(services[0]!.app)) as OpenapiDocument
  return {
    make (random) {
      const { data } = pick(random, seeds)
      return random() < 0.5 ? mutateBoxes(data, random) : mutateBytes(data, random, pick(random, [2, 8, 40]))
    },
    async check (input, random) {
      const { app, decoder, home, permanent } = pick(random, services)
      const { method, url, statusCode, headers, body } =
        random() < 0.6 ? await upload(app, input, random) : await requestByKey(app, home, input, random)
      if (statusCode >= 500) throw new Violation(`${decoder}, ${method} ${url}: ${statusCode} ${body}`)
      validateResponse(document, method, url.replace(/\?.*/, ''), statusCode, headers, body)
      const left = (await readdir(join(home, 'scratch'))).filter((name) => !permanent.includes(name))
      if (left.length > 0) throw new Violation(`left on scratch: ${left.join(', ')}`)
    },
    async close () {
      for (const service of services) await service.close()
      await rm(directory, { recursive: true })
    }
  }
}

async function startService (home: string, decoder: string) {
  await mkdir(join(home, 'data/videos'), { recursive: true })
  await mkdir(join(home, 'scratch'))
  const config = loadConfig({
    POSTERFRAME_LOCAL_DIR: join(home, 'data'),
    POSTERFRAME_SCRATCH_DIR: join(home, 'scratch'),
    POSTERFRAME_DECODER: decoder,
    FFMPEG_PATH: await findTestFfmpeg()
  })
  const services = await compose(config, {
    searchPath: process.env['PATH'] ?? '',
    publicUrl: () => 'http://127.0.0.1:1',
    isLongLived: false
  })
  const app = await buildApp(services, { ...fakeSettings, maxUploadBytes: 2 ** 30, timeoutMs: config.timeoutMs })
  await app.ready()
  return {
    app,
    decoder,
    home,
    /** The directory in which the service keeps those of its workers. */
    permanent: await readdir(join(home, 'scratch')),
    async close () {
      await app.close()
      await services.close()
    }
  }
}

async function upload (app: App, input: Buffer, random: Random) {
  const url = `/v1/thumbnails?timestamp=${encodeURIComponent(pick(random, TIMESTAMPS))}&beyond=${pick(random, ['clamp', 'error'])}`
  const payload = buildForm([{ name: 'file', filename: KEY, content: input }])
  return pickReply(url, await app.inject({ method: 'POST', url, headers: { 'content-type': FORM_TYPE }, payload }))
}

async function requestByKey (app: App, home: string, input: Buffer, random: Random) {
  await writeFile(join(home, 'data/videos', KEY), input)
  const [url, payload] = BY_KEY[below(random, BY_KEY.length)]!(random)
  return pickReply(url, await app.inject({ method: 'POST', url, payload }))
}

function pickReply (url: string, { statusCode, headers, body }: Awaited<ReturnType<App['inject']>>) {
  return { method: 'POST', url, statusCode, headers, body }
}
