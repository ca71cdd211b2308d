// The small form of `npm run conformance` that runs everywhere: videos of our own, the same truth, the same judges.
import { createHash } from 'node:crypto'
import { copyFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { MADE_VIDEOS, makeVideo } from './made-videos.ts'
import { type ConformingService, readFallbacks, startConformingService } from './service.ts'
import { type Video, sweepVideo } from './sweep-video.ts'
import { openTruthCache } from './truth-cache.ts'
import { findTruth } from './truth.ts'

const directory = t.testdir()
const services = await Promise.all(
  (['default', 'full'] as const).map((mode) => startConformingService(mode, join(directory, mode)))
)
t.teardown(async () => {
  await Promise.all(services.map((service) => service.stop()))
})
t.jobs = 2
t.setTimeout(600_000)

/** Each moment costs a few starts of ffmpeg in each way: those that differ most. */
const TARGETS = ['first', 'middle', 'last', 'end', 'random 1', 'key 90%', 'past']
const isWanted = ({ name }: { readonly name: string }) => TARGETS.includes(name)

for (const name of Object.keys(MADE_VIDEOS)) {
  t.test(`both ways give the true pictures of ${name}`, async (t) => {
    const { video, mode } = await prepareVideo(name)
    for (const service of services) {
      const { misses, modes, asked } = await sweepVideo(service, video, isWanted)
      t.same(misses, [], `${service.mode}: all of ${asked} answers`)
      t.same(
        modes,
        [service.mode === 'default' ? mode : 'full'],
        [...(readFallbacks(service.output()).get(name) ?? [])].join('; ')
      )
    }
  })
}

t.test('is able to fail: answers for one video are not those for another', async (t) => {
  const [{ video: plain }, { video: turned }] = [await prepareVideo('b-frames.mp4'), await prepareVideo('turned.mp4')]
  const { misses } = await sweepVideo(services[0]!, { ...turned, key: plain.key, path: plain.path }, isWanted)
  t.ok(
    misses.some((miss) => miss.includes('96 x 160')),
    misses.join('; ')
  )
  t.ok(
    misses.some((miss) => miss.includes('rotation is 0, not 270')),
    misses.join('; ')
  )
})

async function prepareVideo (name: string): Promise<{ video: Video, mode: string }> {
  const { path, isNumbered, mode } = await makeVideo(directory, name)
  await Promise.all(services.map((service: ConformingService) => copyFile(path, join(service.videos, name))))
  const sha256 = createHash('sha256')
    .update(await readFile(path))
    .digest('hex')
  const truth = await findTruth(path, await openTruthCache(join(directory, 'truth'), sha256))
  const video: Video = {
    key: name,
    path,
    uploadName: name,
    truth,
    rotation: truth.rotation,
    codeOf: isNumbered ? ({ index }) => index : undefined,
    rightCodes: []
  }
  return { video, mode }
}
