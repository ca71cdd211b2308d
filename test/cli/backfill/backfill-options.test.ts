import t from 'tap'
import { hashOptions, readThumbnails } from '../../../src/cli/backfill/backfill-options.ts'
import { loadConfig } from '../../../src/config/config.ts'

const config = loadConfig({ POSTERFRAME_PRESETS: '{"small": {"width": 160}}' })

t.test('reads one thumbnail from the flags, or several named ones', async (t) => {
  t.match(readThumbnails({ width: 64, journal: 'x' }, [], config), [{ options: { width: 64 } }])
  t.match(readThumbnails({ preset: 'small' }, [], config), [{ options: { width: 160 } }])
  t.match(readThumbnails({}, ['a=width=64', 'b=preset=small'], config), [
    { name: 'a', options: { width: 64 } },
    { name: 'b', options: { width: 160 } }
  ])
  t.throws(() => readThumbnails({ width: 64 }, ['a=width=64'], config), {
    code: 'invalid_request',
    message: /^--width cannot be combined with --thumbnails\. /
  })
  t.throws(() => readThumbnails({}, ['a=width=64', 'a=width=65'], config), {
    code: 'invalid_request',
    message: /are named 'a'\./
  })
})

t.test('the hash depends on the pictures, the output location and regenerate', async (t) => {
  const hash = (names: string[], own = config) => hashOptions(own, readThumbnails({}, names, config))
  t.equal(
    hash(['a=width=64', 'b=width=65']),
    hash(['y=width=65', 'x=width=64&expires=60']),
    'ignores names and their order'
  )
  const hashes = [
    hash(['a=width=64']),
    hash(['a=width=65']),
    hash(['a=width=64', 'b=width=65']),
    hash(['a=width=64&regenerate=true']),
    hash(['a=width=64'], { ...config, outputPrefix: 'other/' }),
    hash(['a=width=64'], { ...config, outputBucket: 'other' })
  ]
  t.equal(new Set(hashes).size, hashes.length)
})
