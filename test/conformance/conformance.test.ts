// A small form of `npm run conformance` that runs on every machine: generated videos, the same ground truth, the same
// judges.
import { createHash } from 'node:crypto'
import { copyFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { MADE_VIDEOS, makeVideo } from './made-videos.ts'
import { readFallbacks, startConformingService } from './service.ts'
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

/** The targets that differ most, because each costs several starts of ffmpeg in each mode. */
const TARGETS = ['first', 'middle', 'last', 'end', 'random 1', 'key 90%', 'past']
const isWanted = ({ name }: { readonly name: string }) => TARGETS.includes(name)

for (const name of Object.keys(MADE_VIDEOS)) {
  t.test(`both modes give the true pictures of ${name}`, async (t) => {
    const { video, mode } = await prepareVideo(name)
    for (const service of services) {
      const { misses, modes, requests } = await sweepVideo(service, video, isWanted)
      t.same(misses, [], `${service.mode}: all of ${requests} responses`)
      t.same(
        modes,
        [service.mode === 'default' ? mode : 'full'],
        [...(readFallbacks(service.output()).get(name) ?? [])].join('; ')
      )
    }
  })
}

t.test('can fail: rejects the responses for another video', async (t) => {
  const [{ video: plain }, { video: rotated }] = [await prepareVideo('b-frames.mp4'), await prepareVideo('turned.mp4')]
  const { misses } = await sweepVideo(services[0]!, { ...rotated, key: plain.key, path: plain.path }, isWanted)
  for (const part of ['96 x 160', 'rotation is 0, not 270']) {
    t.ok(
      misses.some((miss) => miss.includes(part)),
      misses.join('; ')
    )
  }
})

async function prepareVideo (name: string): Promise<{ video: Video, mode: string }> {
  const { path, isNumbered, mode } = await makeVideo(directory, name)
  await Promise.all(services.map((service) => copyFile(path, join(service.videos, name))))
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
    barcodeOf: isNumbered ? ({ index }) => index : undefined,
    rightCodes: []
  }
  return { video, mode }
}
