// The service without ranged extraction, to judge the full download by itself.
import { mkdir } from 'node:fs/promises'
import { loadConfig } from '../../src/config/config.ts'
import { compose } from '../../src/compose.ts'
import { buildApp } from '../../src/http/app.ts'
import { buildAppSettings } from '../../src/http/settings.ts'
import { createSemaphore } from '../../src/limits/semaphore.ts'
import { createScratch } from '../../src/limits/scratch.ts'
import { createLocalStore } from '../../src/store/local/local-store.ts'
import { createMakeThumbnail } from '../../src/thumbnails/use-cases/make-thumbnail.ts'
import { createExtractFull } from '../../src/video/extract/extract-full.ts'
import { encodeImage } from '../../src/video/image/encode-image.ts'

const config = loadConfig(process.env)
const publicUrl = () => `http://${config.host}:${config.port}`
const services = await compose(config, { searchPath: process.env['PATH'] ?? '', publicUrl, isLongLived: true })
const objects = await createLocalStore({
  directory: config.localDir,
  buckets: [...config.sourceBuckets, config.outputBucket],
  publicUrl
})
const scratchDirectory = `${config.scratchDir}/full`
await mkdir(scratchDirectory, { recursive: true })
const scratch = await createScratch({ root: scratchDirectory })
const makeThumbnail = createMakeThumbnail({
  store: objects,
  scratch,
  extractFrame: createExtractFull({
    decoder: services.decoder.decoder,
    countThreads: () => 1,
    maxPixels: config.maxPixels
  }),
  encodeImage,
  admission: createSemaphore({ slots: 2 * config.slots, queue: config.queue }),
  slots: createSemaphore({ slots: config.slots, queue: 2 * config.slots }),
  outputBucket: config.outputBucket,
  outputPrefix: config.outputPrefix,
  sourceBuckets: config.sourceBuckets,
  maxSourceBytes: config.maxSourceBytes
})
const app = await buildApp({ ...services, objects, makeThumbnail }, buildAppSettings(config, { onLambda: false }))
process.once('SIGTERM', () => {
  void app
    .close()
    .then(() => services.close())
    .then(() => process.exit(0))
})
await app.listen({ host: config.host, port: config.port })
