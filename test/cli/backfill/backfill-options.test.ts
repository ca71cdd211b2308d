import t from 'tap'
import { describeOptions, readWanted } from '../../../src/cli/backfill/backfill-options.ts'
import { loadConfig } from '../../../src/config/config.ts'

const config = loadConfig({ POSTERFRAME_PRESETS: '{"small": {"width": 160}}' })

t.test('one thumbnail by the options, or several by name', async (t) => {
  t.match(readWanted({ width: 64, journal: 'x' }, [], config), [{ options: { width: 64 } }])
  t.match(readWanted({ preset: 'small' }, [], config), [{ options: { width: 160 } }])
  t.match(readWanted({}, ['a=width=64', 'b=preset=small'], config), [
    { name: 'a', options: { width: 64 } },
    { name: 'b', options: { width: 160 } }
  ])
  t.throws(() => readWanted({ width: 64 }, ['a=width=64'], config), {
    code: 'invalid_request',
    message: /--width stands beside/
  })
  t.throws(() => readWanted({}, ['a=width=64', 'a=width=65'], config), {
    code: 'invalid_request',
    message: /called a\./
  })
})

t.test('the question of a journal is what is made, where it goes, and whether it is made again', async (t) => {
  const ask = (names: string[], own = config) => describeOptions(own, readWanted({}, names, config))
  t.equal(
    ask(['a=width=64', 'b=width=65']),
    ask(['y=width=65', 'x=width=64&expires=60']),
    'neither names nor their order'
  )
  const questions = [
    ask(['a=width=64']),
    ask(['a=width=65']),
    ask(['a=width=64', 'b=width=65']),
    ask(['a=width=64&regenerate=true']),
    ask(['a=width=64'], { ...config, outputPrefix: 'other/' }),
    ask(['a=width=64'], { ...config, outputBucket: 'other' })
  ]
  t.equal(new Set(questions).size, questions.length)
})
